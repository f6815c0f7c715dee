import type { Config } from '@onlyoffice/doceditor-types';
import { built, missing, NO_LINKED_DATA, NO_MERGE, type Support } from './entry.js';

const NO_FORMS = ['PDF forms are not supported.', 'Use a text document.'] as const;

/** Every event of the published types; one that is new there is a compile error here. */
export const EVENTS: Readonly<Record<keyof NonNullable<Config['events']>, Support>> = {
  onAppReady: built(),
  onCollaborativeChanges: missing(
    'Everybody sees every change at once, so there is no moment when changes arrive.',
    'Use onDocumentStateChange.',
  ),
  onDocumentReady: built(),
  onDocumentStateChange: built(
    '`true` while there is anything that the document server has not stored, no matter who wrote it.',
  ),
  onDownloadAs: built('After `downloadAs`; the address is valid for 15 minutes.'),
  onError: built(),
  onInfo: built('`data.getConfig()` gives the config that the editor was started with.'),
  onMakeActionLink: built(
    '“Link to this place” in the menu of a text, which sets a bookmark at the caret, and a button of each comment. The action is in `data.action`, as in the documentation, and in `data.actionLink.action`, as in the published types.',
  ),
  onMetaChange: built('For the command `meta`, and for the star of a favourite.'),
  onOutdatedVersion: built(
    'After onError with the code -102, unless onRequestRefreshFile is declared.',
  ),
  onPluginsReady: built('Comes with onDocumentReady: there are no plugins to wait for.'),
  onRequestClose: built(),
  onRequestCompareFile: built(
    '“Compare with a document” in the toolbar, unless onRequestSelectDocument is declared.',
  ),
  onRequestCreateNew: built(),
  onRequestEditRights: built(
    'The button “Edit” is there when the document is open for viewing and document.permissions.edit is not `false`.',
  ),
  onRequestFillingStatus: missing(...NO_FORMS),
  onRequestHistory: built('“Version history” in the menu.'),
  onRequestHistoryClose: built(
    'The panel closes by itself and the document continues; there is no need to initialise it again.',
  ),
  onRequestHistoryData: built('When a version is picked.'),
  onRequestInsertImage: built('`data.c` is always `"add"`.'),
  onRequestMailMergeRecipients: missing(...NO_MERGE),
  onRequestOpen: missing(...NO_LINKED_DATA),
  onRequestReferenceData: missing(...NO_LINKED_DATA),
  onRequestReferenceSource: missing(...NO_LINKED_DATA),
  onRequestRefreshFile: built('Instead of onError with the code -102.'),
  onRequestRename: built('The title becomes a field. `data` is the new name with its extension.'),
  onRequestRestore: built(),
  onRequestSaveAs: built('“Save a copy” in the menu; the address is valid for 15 minutes.'),
  onRequestSelectDocument: built(
    'Comparing, taking over the changes of a copy, and inserting a text, in the toolbar; for texts that are open for editing.',
  ),
  onRequestSelectSpreadsheet: missing(...NO_MERGE),
  onRequestSendNotify: built(
    'After a comment or an answer with `@` and a name of setUsers. `actionLink` finds the comment by its author and its time, because its id does not last.',
  ),
  onRequestSharingSettings: built(),
  onRequestStartFilling: missing(...NO_FORMS),
  onRequestUsers: built(
    'With `c: "info"` for the pictures of participants, and with `"mention"` when somebody types `@` or `+` in a comment and onRequestSendNotify is declared.',
  ),
  onSaveDocument: missing('The file is not handed to the page.', 'Take it in the callback.'),
  onStartFilling: missing(...NO_FORMS),
  onSubmit: missing(...NO_FORMS),
  onUserActionRequired: missing(
    'Nothing is asked before a document opens: a file with a password is refused.',
    'Listen to onError.',
  ),
  onWarning: built(),
};

/** Events that integrators listen to although the published types do not have them. */
export const UNTYPED_EVENTS = {
  onDocumentLosses: built(
    'Recto’s own: what a save would lose of the document, after onDocumentReady, if that is anything: `rule`, `held` (this user could edit it otherwise), `losses` with `kind`, `rank`, `count` and `places`, and `complete` (`false` if the document could not be looked at as a whole). See [Saving](../topics/saving.md#what-a-save-would-lose).',
  ),
  onBack: missing('It was replaced long ago.', 'Use customization.goback.'),
  onReady: built('The former name of onAppReady; both are called.'),
  onRequestBack: built('The button “Back”, when it is declared.'),
} as const satisfies Readonly<Record<string, Support>>;
