import type { DocEditor } from '@onlyoffice/doceditor-types';
import { built, missing, NO_LINKED_DATA, NO_MERGE, type Support } from './entry.js';

/** Every method of the published types; one that is new there is a compile error here. */
export const METHODS: Readonly<Record<keyof DocEditor, Support>> = {
  createConnector: missing(
    'There is no connector, because documents are not open to scripts.',
    'Change the file in your application, or in the callback.',
  ),
  denyEditingRights: built(
    'The page becomes read-only, in the server too. To take a right away whatever the page does, use the command `permissions`.',
  ),
  destroyEditor: built(),
  downloadAs: built(
    'The formats are those of the menu: docx, odt, pdf, rtf and txt for a text, for example. It needs the right to download.',
  ),
  insertImage: built(
    'PNG, JPEG, GIF, BMP, TIFF, WebP and SVG, at the caret; SVG of at most 2 MB, without scripts and references to other files. With `token` the server fetches what it signs, up to 16 MB each. Without one the page does, up to 10 MB, so each address must be on the page’s own origin or allow it (CORS).',
  ),
  refreshFile: built(),
  refreshHistory: built(),
  requestClose: built(),
  setActionLink: built('Shows the address, to be copied.'),
  setFavorite: built(),
  setHistoryData: built(
    'Shows the version in the document’s place, for reading, and the list of its `changes`. The text of a text document is marked against `previous`, if that is given and signed; formats are not, nor are spreadsheets and presentations. The archive at `changesUrl` is not fetched. The token is needed unless tokens are off.',
  ),
  setMailMergeRecipients: missing(...NO_MERGE),
  setReferenceData: missing(...NO_LINKED_DATA),
  setReferenceSource: missing(...NO_LINKED_DATA),
  setRequestedDocument: built(
    'For a text document that is open for editing; the token is needed unless tokens are off. `"compare"`: what makes the given document out of the open one becomes tracked changes under the user’s name; the open one must have none, and tables must not differ. `"combine"` takes over the tracked changes of a copy of the open document. `"insert-text"`: at the caret. Types: those of text documents. Anything else is answered by a sentence in the editor.',
  ),
  setRequestedSpreadsheet: missing(...NO_MERGE),
  setRevisedFile: built('The former name of `setRequestedDocument` with `"compare"`.'),
  setSharingSettings: built(),
  setUsers: built(
    '`c: "mention"`, which is also meant if `c` is missing, gives the people to be mentioned: those with an `email`. `"info"` gives pictures. `"protect"` has no use: there are no protected ranges.',
  ),
  showMessage: built(),
  startFilling: missing('PDF forms are not supported.', 'Use a text document.'),
};

/** Methods that integrators call although the published types do not have them. */
export const UNTYPED_METHODS = {
  applyEditRights: built('`applyEditRights(false, message)` is `denyEditingRights(message)`.'),
  attachMouseEvents: built('Nothing needs it: the mouse reaches the editor in any case.'),
  blurFocus: built(),
  createEmbedWorker: missing(
    'There is no embed worker.',
    'Open the document with `new DocsAPI.DocEditor`.',
  ),
  detachMouseEvents: built('Nothing needs it, as for `attachMouseEvents`.'),
  grabFocus: built(),
  openDocument: missing(
    'A document is not taken from the page.',
    'Give its address in document.url.',
  ),
  processMailing: missing(...NO_MERGE),
  processRightsChange: built('As `applyEditRights`.'),
  processSaveResult: built('Nothing needs it: the callback tells whether saving succeeded.'),
  requestRoles: missing('PDF forms are not supported.', 'Use a text document.'),
  serviceCommand: missing(
    'The page has no way around the command service.',
    'Call the command service from your back end.',
  ),
  setEmailAddresses: missing(
    'There is no mail merge, so no mail is sent.',
    'Send the mail from your application.',
  ),
  showSharingSettings: built('Opens what “Sharing” in the menu opens.'),
} as const satisfies Readonly<Record<string, Support>>;

export type UntypedMethod = keyof typeof UNTYPED_METHODS;
