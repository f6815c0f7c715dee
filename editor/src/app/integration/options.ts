import type { PlainConfig } from '../../shared/bridge.js';

/** A link that the integrator offers. */
export interface Offer {
  title: string;
  url: string;
  note: string | null;
  image: string | null;
}

/** What of the interface is shown, and how, as the config asks for. */
export interface Options {
  embedded: boolean;
  bottom: boolean;
  theme: 'light' | 'dark' | null;
  /** A share of the natural size, or the width of the window. */
  zoom: number | 'width' | null;
  /** Tag for dates; undefined for the browser's own. */
  region: string | undefined;
  guest: string;

  toolbar: boolean;
  insert: boolean;
  statusBar: boolean;
  menu: boolean;
  title: boolean;
  saveState: boolean;
  save: boolean;
  comments: boolean;
  /** Whether tracked changes are listed from the beginning. */
  changes: boolean;
  /** Whether an editor's changes are tracked from the beginning. */
  track: boolean;
  chat: boolean;
  people: boolean;
  info: boolean;

  close: { label: string | null } | null;
  back: {
    url: string | null;
    blank: boolean;
    ask: 'onRequestBack' | 'close' | null;
    label: string | null;
  } | null;
  rename: boolean;
  saveAs: boolean;
  history: boolean;
  sharing: boolean;
  images: boolean;
  /** Whether people can be mentioned in comments, who are then told by the application. */
  mentions: boolean;
  /** Whether those who are mentioned may open the document from then on. */
  mentionShare: boolean;
  /** Whether the application makes links to places. */
  links: boolean;
  /** The place that the document opens at. */
  action: { type: 'bookmark' | 'comment'; data: string } | null;
  /** How the application is asked for a second document; null where it gives none. */
  documents: 'onRequestSelectDocument' | 'onRequestCompareFile' | null;
  edit: boolean;
  create: { url: string | null } | null;
  recent: readonly Offer[];
  templates: readonly Offer[];
  embedding: {
    embed: string | null;
    fullscreen: string | null;
    save: string | null;
    share: string | null;
  };
  help: boolean;
  about: boolean;
  feedback: string | null;
  logo: { image: string | null; dark: string | null; url: string | null } | null;
  loader: { name: string | null; logo: string | null };
  customer: Readonly<Record<CustomerField, string | null>>;
}

export type CustomerField =
  'name' | 'address' | 'mail' | 'www' | 'phone' | 'info' | 'logo' | 'logoDark';

type Fields = Readonly<Record<string, unknown>>;

const LIGHT = new Set([
  'theme-light',
  'theme-classic-light',
  'theme-gray',
  'theme-white',
  'default-light',
]);
const DARK = new Set(['theme-dark', 'theme-contrast-dark', 'theme-night', 'default-dark']);

/**
 * Reads a config, of which any member may be missing or of another type than documented.
 *
 * `page` is the address of the page around the editor, to which relative links belong.
 */
export function optionsOf(
  config: PlainConfig,
  listeners: readonly string[],
  page: string | undefined,
): Options {
  const editorConfig = fields(config.editorConfig);
  const customization = fields(editorConfig.customization);
  const layout = fields(customization.layout);
  const header = fields(layout.header);
  const bar = layout.toolbar;
  const tools = fields(bar);
  const file = fields(tools.file);
  const embedded = config.type === 'embedded';
  const address = (value: unknown): string | null => webAddress(value, page);
  const listens = (name: string): boolean => listeners.includes(name);

  const closable = listens('onRequestClose');
  const { close, goback, feedback, logo } = customization;
  const back = fields(goback);
  const backAsks = listens('onRequestBack')
    ? 'onRequestBack'
    : back.requestClose === true && closable
      ? 'close'
      : null;
  const backUrl = address(back.url);
  const createUrl = address(editorConfig.createUrl);
  const embedding = fields(editorConfig.embedded);
  const brand = fields(logo);
  const customer = fields(customization.customer);
  const review = fields(customization.review);
  const permissions = fields(config.document?.permissions);

  return {
    embedded,
    bottom: embedded && embedding.toolbarDocked === 'bottom',
    theme: themeOf(customization.uiTheme),
    zoom: zoomOf(customization.zoom),
    region: tagOf(editorConfig.region) ?? tagOf(editorConfig.lang),
    guest: text(fields(customization.anonymous).label) ?? '',

    toolbar: bar !== false && customization.toolbar !== false,
    insert: tools.insert !== false,
    statusBar: layout.statusBar !== false && customization.statusBar !== false,
    menu: tools.file !== false,
    title: customization.toolbarHideFileName !== true,
    saveState: header.save !== false,
    save: file.save !== false && tools.save !== false,
    people: header.users !== false,
    comments: customization.comments !== false,
    changes: review.showReviewChanges === true || customization.showReviewChanges === true,
    track: review.trackChanges === true || customization.trackChanges === true,
    chat: customization.chat !== false,
    info: file.info !== false,

    close:
      closable && close !== false && fields(close).visible !== false
        ? { label: text(fields(close).text) }
        : null,
    back:
      backAsks !== null || backUrl !== null
        ? { url: backUrl, blank: back.blank !== false, ask: backAsks, label: text(back.text) }
        : null,
    rename: listens('onRequestRename'),
    saveAs: listens('onRequestSaveAs'),
    history: listens('onRequestHistory') && listens('onRequestHistoryData'),
    sharing: listens('onRequestSharingSettings'),
    images: listens('onRequestInsertImage'),
    mentions: listens('onRequestSendNotify'),
    mentionShare: customization.mentionShare !== false,
    links: listens('onMakeActionLink'),
    action: actionOf(editorConfig.actionLink),
    documents: listens('onRequestSelectDocument')
      ? 'onRequestSelectDocument'
      : listens('onRequestCompareFile')
        ? 'onRequestCompareFile'
        : null,
    edit: listens('onRequestEditRights') && permissions.edit !== false && header.editMode !== false,
    create: listens('onRequestCreateNew') || createUrl !== null ? { url: createUrl } : null,
    recent: offers(editorConfig.recent, address),
    templates: offers(editorConfig.templates, address),
    embedding: {
      embed: embedded ? address(embedding.embedUrl) : null,
      fullscreen: embedded ? address(embedding.fullscreenUrl) : null,
      save: embedded ? address(embedding.saveUrl) : null,
      share: embedded ? address(embedding.shareUrl) : null,
    },
    help: customization.help !== false,
    about: customization.about !== false,
    feedback:
      feedback === true || fields(feedback).visible === true ? address(fields(feedback).url) : null,
    logo:
      brand.visible === false
        ? null
        : {
            image:
              (embedded ? text(brand.imageEmbedded) : null) ??
              text(brand.imageLight) ??
              text(brand.image),
            dark: text(brand.imageDark),
            url: address(brand.url),
          },
    loader: { name: text(customization.loaderName), logo: text(customization.loaderLogo) },
    customer: {
      name: text(customer.name),
      address: text(customer.address),
      mail: text(customer.mail),
      www: text(customer.www),
      phone: text(customer.phone),
      info: text(customer.info),
      logo: text(customer.logo),
      logoDark: text(customer.logoDark),
    },
  };
}

/** The published types and the documentation differ in where the action is: it may be at either. */
function actionOf(value: unknown): Options['action'] {
  const link = fields(value);
  const { type, data } = fields(link.action ?? fields(link.actionLink).action);
  return (type === 'bookmark' || type === 'comment') && typeof data === 'string'
    ? { type, data }
    : null;
}

/** Keeps `javascript:` and the like out of what a click opens. */
export function webAddress(value: unknown, page: string | undefined): string | null {
  if (typeof value !== 'string' || value === '') return null;
  try {
    const url = new URL(value, page);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

function themeOf(value: unknown): Options['theme'] {
  if (typeof value !== 'string') return null;
  if (LIGHT.has(value)) return 'light';
  return DARK.has(value) ? 'dark' : null;
}

function zoomOf(value: unknown): Options['zoom'] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  if (value === -1 || value === -2) return 'width';
  return value > 0 ? value / 100 : null;
}

function tagOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch {
    return undefined;
  }
}

function offers(list: unknown, address: (value: unknown) => string | null): Offer[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const { title, url, folder, image } = fields(item);
    const place = address(url);
    if (place === null) return [];
    return [{ title: text(title) ?? place, url: place, note: text(folder), image: text(image) }];
  });
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The members of an object; none of anything else. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
