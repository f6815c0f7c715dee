/** What `api.js` (in the integrator's page) and the editor page (in the iframe) post to each other. */

import type { Config } from '@onlyoffice/doceditor-types';

/** A config that can be cloned: without its `events`, whose names alone cross the border. */
export type PlainConfig = Omit<Config, 'events'>;

/** Events that the editor raises; the names are those of the Docs API. */
export interface EditorEvents {
  onAppReady: undefined;
  onDocumentReady: undefined;
  onDocumentStateChange: boolean;
  onError: { errorCode: number; errorDescription: string };
  onWarning: { warningCode: number; warningDescription: string };
  onInfo: { mode: 'view' | 'edit' };
  onMetaChange: { title: string };
  onRequestClose: undefined;
  onRequestBack: undefined;
}

export type EditorEventName = keyof EditorEvents;

export type ToEditor =
  | { recto: 'config'; config: PlainConfig; listeners: string[] }
  | { recto: 'requestClose' }
  | { recto: 'destroy' };

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
