import { effect, signal, untracked } from '@preact/signals';
import type { SharingSetting } from '@onlyoffice/doceditor-types';
import type { Call, PlainConfig, TakenFor } from '../../shared/bridge.js';
import { language } from '../i18n/index.js';
import { pasteImage } from '../input/clipboard.js';
import { liveUrl } from '../live/connection.js';
import { markOf, type Comment } from '../state/comments.js';
import { Editor, type Raise } from '../state/editor.js';
import { History } from './history.js';
import { Mentions } from './mentions.js';
import { fields, optionsOf, type Options } from './options.js';

/** How long an application may take to answer `onRequestRefreshFile`. */
const REFRESH_MS = 10_000;

export type Dialog = 'about' | 'info' | 'link' | 'losses' | 'sharing';

/** What lies between the document and the application around it: its offers, its answers, its events. */
export class Integration {
  readonly options: Options;
  readonly history: History;
  /** Null where the application tells nobody that they were mentioned. */
  readonly mentions: Mentions | null;
  /** The address that the application made for a place. */
  readonly link = signal('');
  /** Null where the application does not know favourites. */
  readonly favorite = signal<boolean | null>(null);
  readonly sharing = signal<readonly SharingSetting[]>([]);
  readonly dialog = signal<Dialog | null>(null);
  readonly renaming = signal(false);
  /** The application has been asked for a config of the new version. */
  readonly refreshing = signal(false);
  readonly #config: PlainConfig;
  readonly #raise: Raise;
  readonly #listeners: readonly string[];
  readonly #editor: Editor;
  /** Addresses of pictures by the user's id. */
  readonly #faces = signal<ReadonlyMap<string, string>>(new Map());
  readonly #askedFor = new Set<string>();
  readonly #pictures: Pictures;

  constructor(
    editor: Editor,
    config: PlainConfig,
    listeners: readonly string[],
    raise: Raise,
    pictures: Pictures,
    page: string | undefined,
  ) {
    this.options = optionsOf(config, listeners, page);
    this.history = new History(raise, (argument, marks) =>
      look({ argument, marks }, editor, config, this.options.zoom),
    );
    this.mentions = this.options.mentions
      ? new Mentions(raise, listeners.includes('onRequestUsers'))
      : null;
    this.#editor = editor;
    this.#config = config;
    this.#listeners = listeners;
    this.#raise = raise;
    this.#pictures = pictures;
    const info = fields(config.document?.info);
    if (typeof info.favorite === 'boolean') this.favorite.value = info.favorite;
    this.sharing.value = sharingOf(info.sharingSettings);
    const { id, image } = fields(config.editorConfig?.user);
    if (typeof id === 'string' && typeof image === 'string') {
      this.#faces.value = new Map([[id, image]]);
    }
  }

  /** Asks for the pictures of people as they come; returns what ends that. */
  watchPeople(): () => void {
    if (!this.#listeners.includes('onRequestUsers')) return () => undefined;
    return effect(() => {
      const ids = this.#editor.state.participants.value.map((one) => one.userId);
      const fresh = [...new Set(ids)].filter((id) => id !== '' && !this.#askedFor.has(id));
      if (fresh.length === 0) return;
      for (const id of fresh) this.#askedFor.add(id);
      this.#raise('onRequestUsers', { c: 'info', id: fresh });
    });
  }

  /** Shows the question when a change has to wait for its answer; returns what ends that. */
  watchLosses(): () => void {
    return effect(() => {
      if (this.#editor.losses.asked.value) this.dialog.value = 'losses';
    });
  }

  /** Does what the config wants done when the document is open; returns what ends that. */
  watchStart(): () => void {
    let done = false;
    return effect(() => {
      if (done || this.#editor.state.phase.value !== 'ready') return;
      done = true;
      untracked(() => this.#begin());
    });
  }

  #begin(): void {
    const { action, changes, track, embedded } = this.options;
    const { document } = this.#editor.state;
    if (document.value?.kind === 'word' && !embedded) {
      if (changes) this.#editor.showPanel('changes');
      if (track && document.value.rights.access === 'edit') {
        this.#editor.losses.onceDecided(() => this.#editor.review.trackChanges(true));
      }
    }
    if (action !== null) this.#goTo(action);
  }

  #goTo({ type, data }: NonNullable<Options['action']>): void {
    if (type === 'bookmark') {
      this.#editor.goToBookmark(data);
      return;
    }
    void this.#editor.review.goToComment(data).then((found) => {
      if (!found) this.#editor.notify('warning', 'noticeNoComment');
    });
  }

  /** A method that the application called. */
  take(call: Call): void {
    switch (call.name) {
      case 'denyEditingRights':
        this.#editor.deny(call.argument);
        return;
      case 'focus':
        if (call.argument) this.#editor.focusDocument();
        else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        return;
      case 'downloadAs':
        void this.#editor.download(call.argument).then((copy) => {
          if (copy !== null) this.#raise('onDownloadAs', copy);
        });
        return;
      case 'insertSigned':
        void this.#editor.insertSigned(call.argument);
        return;
      case 'takeDocument':
        void this.#editor.takeDocument(call.argument.method, call.argument.options);
        return;
      case 'insertImage':
        void pasteImage(this.#editor, call.argument);
        return;
      case 'refreshHistory':
        this.history.refresh(call.argument);
        return;
      case 'requestClose':
        this.#editor.requestClose();
        return;
      case 'setActionLink':
        this.link.value = call.argument;
        this.dialog.value = 'link';
        return;
      case 'setFavorite':
        this.favorite.value = Boolean(call.argument);
        return;
      case 'setHistoryData':
        this.history.tell(call.argument);
        return;
      case 'setSharingSettings':
        this.sharing.value = sharingOf(call.argument);
        return;
      case 'setUsers':
        this.#meet(call.argument);
        return;
      case 'showMessage':
        this.#editor.say('info', call.argument);
        return;
      case 'showSharingSettings':
        this.dialog.value = 'sharing';
        return;
      // They concern more than this document: see main.
      case 'picture':
      case 'refreshFile':
    }
  }

  /** Says nothing of the outdated version while the application fetches a config of the new one. */
  awaitRefresh(): void {
    this.refreshing.value = true;
    setTimeout(() => (this.refreshing.value = false), REFRESH_MS);
  }

  toggleFavorite(): void {
    if (this.favorite.value === null) return;
    // The application decides, and says so by setFavorite.
    this.#raise('onMetaChange', { favorite: !this.favorite.value });
  }

  /** Asks for another name; the title changes when the application has changed it. */
  rename(name: string): void {
    this.renaming.value = false;
    const trimmed = name.trim();
    const title = this.#editor.state.document.value?.title ?? '';
    if (trimmed === '' || trimmed === nameOf(title)) return;
    this.#raise('onRequestRename', trimmed);
  }

  back(): void {
    const { back } = this.options;
    if (back === null) return;
    if (back.ask === 'onRequestBack') this.#raise('onRequestBack', undefined);
    else if (back.ask === 'close') this.#editor.requestClose();
    // In a frame "the same tab" is the page around the editor.
    else if (back.url !== null) window.open(back.url, back.blank ? '_blank' : '_top', 'noopener');
  }

  createNew(): void {
    const { create } = this.options;
    if (create === null) return;
    if (this.#listeners.includes('onRequestCreateNew'))
      this.#raise('onRequestCreateNew', undefined);
    else if (create.url !== null) window.open(create.url, '_blank', 'noopener');
  }

  requestEditing(): void {
    this.#raise('onRequestEditRights', undefined);
  }

  /** A copy for the reader: the application takes it if it wants to, or else it is downloaded. */
  async download(format: string | null): Promise<void> {
    const copy = await this.#editor.download(format);
    if (copy === null) return;
    // The address is for applications; a reader reaches the server where this page is from.
    const { pathname, search } = new URL(copy.url);
    const link = document.createElement('a');
    link.href = pathname + search;
    link.download = '';
    link.click();
  }

  /** Gives the application a copy to be kept under another name. */
  async saveAs(): Promise<void> {
    const copy = await this.#editor.download(null);
    if (copy === null) return;
    const title = this.#editor.state.document.value?.title ?? '';
    this.#raise('onRequestSaveAs', { ...copy, title: `${nameOf(title)}.${copy.fileType}` });
  }

  /** Shows the document as PDF to the browser's own printing. */
  async print(): Promise<void> {
    const copy = await this.#editor.download(null, true);
    if (copy === null) return;
    const { pathname, search } = new URL(copy.url);
    const answer = await fetch(pathname + search);
    if (!answer.ok) return;
    const address = URL.createObjectURL(await answer.blob());
    const frame = document.createElement('iframe');
    frame.className = 'print';
    frame.dataset.testid = 'print-frame';
    frame.title = '';
    frame.src = address;
    frame.addEventListener('load', () => frame.contentWindow?.print());
    document.querySelector('iframe.print')?.remove();
    document.body.append(frame);
  }

  requestSharing(): void {
    this.#raise('onRequestSharingSettings', undefined);
  }

  /** Asks for a link to where the caret is, which is marked in the document. */
  linkToPlace(): void {
    if (this.#editor.losses.holds(() => this.linkToPlace())) return;
    const name = `place_${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? ''}`;
    this.#editor.insertBookmark(name);
    this.#makeLink({ type: 'bookmark', data: name });
  }

  linkToComment(comment: Comment): void {
    this.#makeLink({ type: 'comment', data: markOf(comment) });
  }

  #makeLink(action: { type: 'bookmark' | 'comment'; data: string }): void {
    this.#raise('onMakeActionLink', { action, actionLink: { action } });
  }

  /** Tells the application whom a new comment mentions. */
  notify(comment: Comment | null): void {
    if (comment === null || this.mentions === null) return;
    const emails = this.mentions.emailsIn(comment.text);
    if (emails.length === 0) return;
    const action = { type: 'comment' as const, data: markOf(comment) };
    this.#raise('onRequestSendNotify', { actionLink: { action }, message: comment.text, emails });
  }

  requestImage(): void {
    this.#raise('onRequestInsertImage', { c: 'add' });
  }

  /** Lets the application choose a second document; it answers by `setRequestedDocument`. */
  requestDocument(purpose: TakenFor): void {
    const event = this.options.documents;
    if (event === 'onRequestSelectDocument') this.#raise(event, { c: purpose });
    else if (event !== null) this.#raise(event, undefined);
  }

  get restorable(): boolean {
    return this.#listeners.includes('onRequestRestore');
  }

  /** What the config says of the file. */
  get info(): { owner: string | null; uploaded: string | null; folder: string | null } {
    const { owner, author, uploaded, created, folder } = fields(this.#config.document?.info);
    const text = (value: unknown): string | null =>
      typeof value === 'string' && value !== '' ? value : null;
    return {
      owner: text(owner) ?? text(author),
      uploaded: text(uploaded) ?? text(created),
      folder: text(folder),
    };
  }

  /** A picture as it can be shown here; null until it has come. */
  picture(address: string | null): string | null {
    if (address === null) return null;
    return address.startsWith('data:image/') ? address : this.#pictures.get(address);
  }

  face(userId: string): string | null {
    return this.picture(this.#faces.value.get(userId) ?? null);
  }

  /** A date in the reader's way; what is not a date stays as the application wrote it. */
  date(text: string): string {
    const time = Date.parse(text);
    if (Number.isNaN(time)) return text;
    return new Intl.DateTimeFormat(this.options.region ?? language.value, {
      dateStyle: 'medium',
      timeStyle: 'short',
    }).format(time);
  }

  #meet(argument: unknown): void {
    const { c, users } = fields(argument);
    if (!Array.isArray(users)) return;
    // As the API has it where the application does not say.
    if (c === undefined || c === 'mention') this.mentions?.meet(users);
    if (c !== 'info') return;
    const faces = new Map(this.#faces.value);
    for (const user of users as unknown[]) {
      const { id, image } = fields(user);
      if (typeof id === 'string' && typeof image === 'string') faces.set(id, image);
    }
    this.#faces.value = faces;
  }
}

/** Opens a version of the document that `editor` has open; null when it is not open. */
function look(
  version: { argument: unknown; marks: boolean },
  { session }: Editor,
  config: PlainConfig,
  zoom: Options['zoom'],
): Editor | null {
  if (session === null) return null;
  const shown = new Editor(
    liveUrl(new URL(window.location.href), config.document?.key ?? ''),
    {},
    { readOnly: true, version: { session, ...version } },
    // The application hears of its document alone.
    () => undefined,
  );
  shown.state.startZoom = zoom;
  shown.open();
  return shown;
}

/** Pictures that the page around the editor has fetched, by their addresses. */
export class Pictures {
  readonly #known = signal<ReadonlyMap<string, string>>(new Map());

  add(address: string, data: string): void {
    if (!data.startsWith('data:image/')) return;
    this.#known.value = new Map(this.#known.value).set(address, data);
  }

  get(address: string): string | null {
    return this.#known.value.get(address) ?? null;
  }
}

/** A file name without its extension. */
export function nameOf(title: string): string {
  return title.replace(/\.[^.]+$/, '');
}

function sharingOf(value: unknown): SharingSetting[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const { user, permissions, isLink } = fields(item);
    return {
      user: typeof user === 'string' ? user : '',
      permissions: typeof permissions === 'string' ? permissions : '',
      isLink: isLink === true,
    };
  });
}
