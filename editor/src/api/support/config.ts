import type { Config } from '@onlyoffice/doceditor-types';
import { CUSTOMIZATION } from './customization.js';
import { built, builtFor, missing, moot, type PathsOf, type Support } from './entry.js';

export type ConfigPath = PathsOf<Omit<Config, 'events'>>;
type CustomizationPath = Extract<ConfigPath, `editorConfig.customization.${string}`>;

const NO_FORMS = ['PDF forms are not supported.', 'Use a text document.'] as const;
const NO_PLUGINS = ['There are no plugins.', 'Remove the option.'] as const;
const NO_LINKED_DATA = 'Spreadsheets do not take data from other files.';
const DEPRECATED = 'ONLYOFFICE has dropped it.';

const REST: Readonly<Record<Exclude<ConfigPath, CustomizationPath>, Support>> = {
  document: built(),
  documentType: builtFor(
    'The type of the file decides.',
    isOne(['word', 'cell', 'slide', 'text', 'spreadsheet', 'presentation']),
    'Only texts, spreadsheets and presentations can be opened. Convert the file first.',
  ),
  editorConfig: built(),
  height: built(),
  token: built(),
  type: built(
    '`desktop` and `mobile` are the same page, which fits itself to the window; `embedded` is for reading.',
  ),
  width: built(),

  'document.fileType': built(),
  'document.info': built('“About this file” in the menu.'),
  'document.info.favorite': built('A star beside the title, if it is `true` or `false`.'),
  'document.info.folder': built(),
  'document.info.owner': built(),
  'document.info.sharingSettings': built(),
  'document.info.uploaded': built(),
  'document.isForm': missing(...NO_FORMS, [false]),
  'document.key': built(),
  'document.options': moot('It is not documented by ONLYOFFICE.'),
  'document.permissions': built('Enforced in the server.'),
  'document.permissions.chat': built(),
  'document.permissions.comment': built('Without `edit`, comments and nothing else.'),
  'document.permissions.commentGroups': built(),
  'document.permissions.commentGroups.edit': built(),
  'document.permissions.commentGroups.remove': built(),
  'document.permissions.commentGroups.view': built(),
  'document.permissions.copy': built(),
  'document.permissions.deleteCommentAuthorOnly': built(),
  'document.permissions.download': built(),
  'document.permissions.edit': built(),
  'document.permissions.editCommentAuthorOnly': built(),
  'document.permissions.fillForms': built(
    'Without `edit`, the fields of a text are filled in, and nothing else.',
  ),
  'document.permissions.modifyContentControl': missing(
    'Anyone who may edit may also change content controls.',
    'Sign edit as false.',
    [true],
  ),
  'document.permissions.modifyFilter': moot('There are no filters to set.'),
  'document.permissions.print': built('What is printed is a PDF.'),
  'document.permissions.protect': moot('The editor does not protect anything with a password.'),
  'document.permissions.review': built(
    'Without `edit`, each change of a text becomes a tracked one; in other documents it is for viewing.',
  ),
  'document.permissions.reviewGroups': built(
    'For accepting and rejecting. Everybody sees all changes.',
  ),
  'document.permissions.userInfoGroups': built(
    'Enforced in the server: names and carets of other groups are not sent.',
  ),
  'document.referenceData': moot(NO_LINKED_DATA),
  'document.referenceData.fileKey': moot(NO_LINKED_DATA),
  'document.referenceData.instanceId': moot(NO_LINKED_DATA),
  'document.title': built(),
  'document.url': built(),

  'editorConfig.actionLink': built(
    'Goes to the bookmark of a text, or opens the comment. It need not be signed.',
  ),
  'editorConfig.actionLink.action': built(),
  'editorConfig.actionLink.action.data': built(),
  'editorConfig.actionLink.action.type': built(),
  'editorConfig.callbackUrl': built(),
  'editorConfig.coEditing': built(),
  'editorConfig.coEditing.change': moot('There is one mode.'),
  'editorConfig.coEditing.mode': missing(
    'Everybody sees every change at once; there is no strict mode.',
    'Set coEditing.mode to "fast", or remove it.',
    ['fast'],
  ),
  'editorConfig.createUrl': built('“New document” in the menu.'),
  'editorConfig.customization': built(),
  'editorConfig.embedded': built('For the type `embedded`, in the menu.'),
  'editorConfig.embedded.autostart': missing(
    'A presentation does not start by itself.',
    'Remove the option.',
    ['document'],
  ),
  'editorConfig.embedded.embedUrl': built('Copies the HTML that embeds this address.'),
  'editorConfig.embedded.fullscreenUrl': built(),
  'editorConfig.embedded.saveUrl': built(),
  'editorConfig.embedded.shareUrl': built('Copies the address.'),
  'editorConfig.embedded.toolbarDocked': built(),
  'editorConfig.fileChoiceUrl': missing(DEPRECATED, 'Use onRequestInsertImage.'),
  'editorConfig.lang': builtFor(
    'English and French.',
    (value) => typeof value === 'string' && /^(en|fr)\b/i.test(value),
    'The editor speaks English and French; this one is in English. Set lang to "en" or "fr".',
  ),
  'editorConfig.location': moot('There are no rulers for which it would choose the unit.'),
  'editorConfig.mergeFolderUrl': missing(DEPRECATED, 'Remove the option.'),
  'editorConfig.mode': built(),
  'editorConfig.plugins': missing(...NO_PLUGINS),
  'editorConfig.plugins.autostart': moot('Part of `plugins`.'),
  'editorConfig.plugins.disable': moot('Part of `plugins`.'),
  'editorConfig.plugins.options': moot('Part of `plugins`.'),
  'editorConfig.plugins.options.all': moot('Part of `plugins`.'),
  'editorConfig.plugins.options.pluginGuid': moot('Part of `plugins`.'),
  'editorConfig.plugins.pluginsData': moot('Part of `plugins`.'),
  'editorConfig.plugins.url': moot('Part of `plugins`.'),
  'editorConfig.recent': built('“Recent” in the menu.'),
  'editorConfig.region': built(
    'Dates of the interface. Numbers and dates in cells follow the spreadsheet.',
  ),
  'editorConfig.saveAsUrl': missing(DEPRECATED, 'Offer copying in your application.'),
  'editorConfig.sharingSettingsUrl': missing(DEPRECATED, 'Use onRequestSharingSettings.'),
  'editorConfig.templates': built('“Templates” in the menu.'),
  'editorConfig.user': built(),
  'editorConfig.user.group': built(),
  'editorConfig.user.id': built(),
  'editorConfig.user.image': built('The user’s own picture; setUsers gives those of others.'),
  'editorConfig.user.name': built(),
  'editorConfig.user.roles': missing(...NO_FORMS),
  'editorConfig.wopi': missing('WOPI is not built.', 'Remove the option.'),
  'editorConfig.wopi.FileNameMaxLength': moot('Part of `wopi`.'),
};

function isOne(values: readonly unknown[]): (value: unknown) => boolean {
  return (value) => values.includes(value);
}

/** Every option of the published types; one that is new there is a compile error here. */
export const CONFIG: Readonly<Record<ConfigPath, Support>> = { ...REST, ...CUSTOMIZATION };

/** Options of Recto’s own. */
export const OWN_CONFIG: Readonly<Record<string, Support>> = {
  'editorConfig.customization.losses': builtFor(
    'Recto’s own: `"tell"`, `"strict"` or `"quiet"`; must be signed.',
    isOne(['tell', 'strict', 'quiet']),
    'Set it to "tell", "strict" or "quiet".',
  ),
};

/** Options that configs have although the published types do not. */
export const UNTYPED_CONFIG: Readonly<Record<string, Support>> = {
  'document.directUrl': moot('The file is always fetched from document.url.'),
  'document.info.author': missing(DEPRECATED, 'Use document.info.owner.'),
  'document.info.created': missing(DEPRECATED, 'Use document.info.uploaded.'),
  'document.permissions.changeHistory': missing(DEPRECATED, 'Use onRequestRestore.'),
  'document.permissions.rename': missing(DEPRECATED, 'Use onRequestRename.'),
  'document.referenceData.key': moot(NO_LINKED_DATA),
  'document.vkey': missing(DEPRECATED, 'Remove the option.'),
  'editorConfig.customization.commentAuthorOnly': missing(
    DEPRECATED,
    'Use document.permissions.editCommentAuthorOnly.',
  ),
  'editorConfig.user.firstname': missing(DEPRECATED, 'Use editorConfig.user.name.'),
  'editorConfig.user.lastname': missing(DEPRECATED, 'Use editorConfig.user.name.'),
  // Claims that come along when the whole payload is handed to the page.
  aud: moot('A claim of the token.'),
  exp: moot('A claim of the token.'),
  iat: moot('A claim of the token.'),
  iss: moot('A claim of the token.'),
  nbf: moot('A claim of the token.'),
  sub: moot('A claim of the token.'),
};
