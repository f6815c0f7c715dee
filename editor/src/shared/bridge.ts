/** What `api.js` (in the integrator's page) and the editor page (in the iframe) post to each other. */

import type {
  ActionLink,
  Config,
  RefreshHistoryOptions,
  SetHistoryDataOptions,
  SharingSetting,
  SetUsersOptions,
} from '@onlyoffice/doceditor-types';
import type { Losses } from './losses.js';

/** A config that can be cloned: without its `events`, whose names alone cross the border. */
export type PlainConfig = Omit<Config, 'events'>;

/** What is done with a second document. */
export type TakenFor = 'compare' | 'combine' | 'insert-text';

/** Events that the editor raises; the names are those of the Docs API. */
export interface EditorEvents {
  onAppReady: undefined;
  /** Recto's own. */
  onDocumentLosses: Losses;
  onDocumentReady: undefined;
  onDocumentStateChange: boolean;
  onError: { errorCode: number; errorDescription: string };
  onWarning: { warningCode: number; warningDescription: string };
  onInfo: { mode: 'view' | 'edit' };
  /** The published types and the documentation differ in where the link's data is: it is at both. */
  onMakeActionLink: ActionLink & { actionLink: ActionLink };
  onMetaChange: { title?: string; favorite?: boolean };
  onOutdatedVersion: undefined;
  onPluginsReady: undefined;
  onRequestBack: undefined;
  onRequestClose: undefined;
  onRequestCompareFile: undefined;
  onRequestCreateNew: undefined;
  onRequestEditRights: undefined;
  onRequestHistory: undefined;
  onRequestHistoryClose: undefined;
  onRequestHistoryData: number;
  onRequestInsertImage: { c: 'add' };
  onRequestRefreshFile: undefined;
  onRequestRename: string;
  onDownloadAs: { fileType: string; url: string };
  onRequestSaveAs: { fileType: string; title: string; url: string };
  onRequestRestore: { version: number; fileType?: string };
  onRequestSendNotify: { actionLink: ActionLink; message: string; emails: string[] };
  onRequestSelectDocument: { c: TakenFor };
  onRequestSharingSettings: undefined;
  onRequestUsers: { c: 'info'; id: string[] } | { c: 'mention' };
}

export type EditorEventName = keyof EditorEvents;

/** Methods that reach the editor, and their argument. */
export interface EditorMethods {
  denyEditingRights: string | null;
  focus: boolean;
  /** An extension; the one of saving for null. */
  downloadAs: string | null;
  insertImage: Blob;
  /** The argument with its token, for the server to fetch what was signed. */
  insertSigned: unknown;
  /** A picture that was fetched for the editor: its address as in the config, and as `data:`. */
  picture: { address: string; data: string };
  refreshFile: PlainConfig;
  refreshHistory: RefreshHistoryOptions;
  requestClose: undefined;
  setActionLink: string;
  setFavorite: boolean;
  setHistoryData: SetHistoryDataOptions;
  setSharingSettings: SharingSetting[];
  setUsers: SetUsersOptions;
  showMessage: string;
  /** A second document, by the method that gave it. */
  takeDocument: { method: 'setRequestedDocument' | 'setRevisedFile'; options: unknown };
  showSharingSettings: undefined;
}

export type EditorMethodName = keyof EditorMethods;

/** A call of one of them. */
export type Call = {
  [N in EditorMethodName]: { recto: 'call'; name: N; argument: EditorMethods[N] };
}[EditorMethodName];

export type ToEditor =
  { recto: 'config'; config: PlainConfig; listeners: string[] } | Call | { recto: 'destroy' };

export type FromEditor =
  | { recto: 'ready' }
  | { [N in EditorEventName]: { recto: 'event'; name: N; data: EditorEvents[N] } }[EditorEventName];

/** Name of the query parameter that tells the editor page whom it may talk to. */
export const PARENT_ORIGIN = 'parentOrigin';

/** True for a message of ours, whatever else is posted around in the page. */
export function isBridgeMessage(data: unknown): data is { recto: string } {
  return (
    typeof data === 'object' && data !== null && 'recto' in data && typeof data.recto === 'string'
  );
}
