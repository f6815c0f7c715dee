import { batch } from '@preact/signals';
import type { EditorEventName, EditorEvents } from '../../shared/bridge.js';
import { KEY } from '../input/keys.js';
import { translate, type MessageKey, type Parameters } from '../i18n/index.js';
import {
  Connection,
  type ConnectionHandlers,
  type ConnectionState,
  type Version,
} from '../live/connection.js';
import type {
  CommandArgs,
  Input,
  Failed,
  Opened,
  Participant,
  Rect,
  Rights,
  SaveStatus,
  ServerMessage,
  Told,
  View,
  ViewEvent,
} from '../live/protocol.js';
import { TileSource } from '../tiles/source.js';
import { type MissingFont, untold } from './fonts.js';
import { browserMemory, LossGuard } from './losses.js';
import { placeOf } from './place.js';
import { parseSheetGeometry } from './sheet-geometry.js';
import { Review } from './review.js';
import { allowedToViewer, commandValues, fillsIn, isComment, UNNAMED } from './rules.js';
import { EditorState, type Notice, type Panel, type Peer } from './state.js';

export type Raise = <N extends EditorEventName>(name: N, data: EditorEvents[N]) => void;

const GEOMETRY = '.uno:SheetGeometryData?columns=1&rows=1&sizes=1&hidden=1';
const NOTICE_MS = 8000;
/** Missing fonts that are named in the notice. */
const FONTS_NAMED = 5;
/** Messages of the chat that are shown. */
const CHAT_KEPT = 500;
/** What the Docs API calls a document that could not be saved. */
const NOT_SAVED = -101;

/** The open document: takes what the user does to the server and what comes back into `state`. */
export class Editor {
  readonly state = new EditorState();
  readonly tiles: TileSource;
  /** Comments and tracked changes. */
  readonly review: Review;
  /** What a save would lose, and the user's answer to it. */
  readonly losses: LossGuard;
  readonly #connection: Connection;
  readonly #raise: Raise;
  readonly #readOnly: boolean;
  /** What a participant without a name is called; empty for what the interface calls one. */
  readonly #guest: string;
  #noticeId = 0;
  #announcedUnsaved = false;
  #ready = false;
  /** Keep the caret in view: the user typed, and did not scroll since. */
  follow = false;
  /** Puts the focus back into the document; set by the view. */
  focusDocument: () => void = () => undefined;
  /** Scrolls to a place of the document; set by the view. */
  reveal: (place: Rect) => void = () => undefined;
  /** The last area told to the engine, told again after a reconnection. */
  #area: View | null = null;
  /** The last input that changed the part; until it is confirmed, the engine may report earlier ones. */
  #partInput = 0;
  #acknowledged = 0;
  #closing = false;
  #warnedOfLoss = false;

  constructor(
    url: string,
    config: unknown,
    options: { readOnly: boolean; guest?: string; version?: Version },
    raise: Raise,
  ) {
    this.#readOnly = options.readOnly;
    this.#guest = options.guest ?? '';
    this.#raise = raise;
    const handlers: ConnectionHandlers = {
      message: (message) => batch(() => this.#receive(message)),
      tile: (tile) => {
        if (this.state.stage.value === 'recovering') this.state.stage.value = null;
        void this.tiles.receive(tile);
      },
      state: (state) => this.#connectionState(state),
      opened: (opened) => batch(() => this.#opened(opened)),
      place: () => this.#place(),
      full: () => this.notify('warning', 'noticeQueueFull'),
    };
    this.losses = new LossGuard(this.state);
    this.#connection = new Connection(url, config, handlers, options.version);
    this.review = new Review({
      state: this.state,
      command: (name, args) => this.command(name, args),
      query: (question) => this.#connection.query(question),
      goToPart: (part) => this.goToPart(part),
      reveal: (place) => this.reveal(place),
    });
    this.tiles = new TileSource((message) => this.#connection.send(message));
  }

  open(): void {
    this.#connection.connect();
  }

  /** The last session token; null before the document is open. */
  get session(): string | null {
    return this.#connection.session;
  }

  retry(): void {
    this.#connection.retry();
  }

  leave(): void {
    this.review.close();
    this.#connection.leave();
    this.tiles.close();
  }

  /** Asked to close by the integrator: closes when everything typed has reached the server. */
  requestClose(): void {
    this.#closing = true;
    this.#closeWhenDelivered();
  }

  /** The application takes the right to edit away: the server holds the page to it. */
  deny(why: string | null): void {
    this.#connection.send({ type: 'giveUpEditing' });
    this.state.denied.value = true;
    this.#notice('warning', why ?? translate('noticeEditingDenied'));
  }

  /** Sends an input if this participant may. */
  input(input: Input): void {
    if (this.state.document.value === null) return;
    const comments = this.state.commentable && isComment(input);
    const fills = this.state.fills && fillsIn(input);
    if (this.state.fills && input.kind === 'key' && input.code === KEY.RETURN) {
      this.#clickCaret();
      return;
    }
    if (!this.state.editable && !comments && !fills && !allowedToViewer(input)) return;
    if (this.losses.changes(input) && this.losses.holds(() => this.input(input))) return;
    if (input.kind === 'key' || input.kind === 'text' || input.kind === 'command') {
      this.follow = true;
    }
    const idle = this.state.phase.value !== 'ready';
    // Movements of the mouse mean nothing once the connection is back.
    if (idle && (input.kind === 'area' || (input.kind === 'mouse' && input.action === 'move'))) {
      return;
    }
    if (this.#connection.input(input)) {
      this.state.unacknowledged.value = this.#connection.waiting;
    }
  }

  /** For those without a mouse: the field at the caret is what a click there is for. */
  #clickCaret(): void {
    const caret = this.state.caret.value;
    if (caret === null) return;
    const [x, y, width, height] = caret;
    const at = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
    for (const action of ['down', 'up'] as const) {
      this.input({ kind: 'mouse', action, ...at, count: 1, buttons: 1, modifiers: 0 });
    }
  }

  command(name: string, args: CommandArgs = {}): void {
    this.input({ kind: 'command', name, args });
  }

  goToPart(index: number): void {
    if (index === this.state.part.value) return;
    this.#goTo(index);
    this.#showPart(index);
  }

  #goTo(index: number): void {
    this.input({ kind: 'part', index });
    this.#partInput = this.#connection.queue.last;
  }

  /** Tells the engine the zoom and area of this view. */
  area(area: View): void {
    this.#area = area;
    this.input({ kind: 'area', ...area });
  }

  save(): void {
    if (this.state.editable || this.state.fills) this.#connection.save();
  }

  async copy(cut: boolean): Promise<{ text: string | null; html: string | null } | null> {
    if (this.state.document.value?.rights.copy !== true) {
      this.notify('warning', 'noticeCopyForbidden');
      return null;
    }
    // What is copied reaches the clipboard at once or not at all, so that a cut cannot wait.
    const waits = cut && this.losses.holds(() => undefined);
    if (!cut || waits || !this.state.editable) return this.#connection.copy();
    const answer = this.#connection.cut();
    this.follow = true;
    this.state.unacknowledged.value = this.#connection.waiting;
    return answer;
  }

  /** Sends an input that is still being made, in the place that it has among the others now. */
  async inputLater(making: Promise<Input | null>): Promise<void> {
    if (this.losses.holds(() => void this.inputLater(making))) return;
    const place = this.#connection.reserve();
    this.state.unacknowledged.value = this.#connection.waiting;
    let made: Input | null = null;
    try {
      made = await making;
    } finally {
      place(this.state.editable ? made : null);
      this.state.unacknowledged.value = this.#connection.waiting;
    }
  }

  /** A copy of the document, for the application or to be downloaded; null when there is none, and why was said. */
  async download(
    format: string | null,
    print = false,
  ): Promise<{ url: string; fileType: string } | null> {
    const copy = await this.#connection.download(format, print);
    if (copy?.url !== null && copy?.url !== undefined && copy.fileType !== null) {
      return { url: copy.url, fileType: copy.fileType };
    }
    this.#told(copy);
    return null;
  }

  /** Inserts pictures that the application signed. */
  async insertSigned(call: unknown): Promise<void> {
    if (this.losses.holds(() => void this.insertSigned(call))) return;
    const answer = await this.#connection.insertImage(call);
    if (answer?.code !== undefined || answer === null) this.#told(answer);
  }

  /** Takes a second document that the application signed, and says what came of it. */
  async takeDocument(method: string, call: unknown): Promise<void> {
    if (this.losses.holds(() => void this.takeDocument(method, call))) return;
    this.notify('info', 'noticeTaking');
    const answer = await this.#connection.takeDocument(method, call);
    this.state.notices.value = this.state.notices.value.filter(
      ({ text }) => text !== translate('noticeTaking'),
    );
    if (answer?.code !== undefined || answer === null) this.#told(answer);
    else if (answer.changes === 0 && !inserts(call)) this.notify('info', 'noticeNoDifferences');
    else if (answer.changes !== null && answer.changes > 0) {
      this.notify('info', 'noticeTaken', { count: answer.changes });
      this.showPanel('changes');
    }
  }

  chat(text: string): void {
    if (text.trim() !== '') this.#connection.send({ type: 'chat', text: text.trim() });
  }

  showPanel(panel: Panel | null): void {
    this.state.panel.value = panel;
    if (panel === 'chat') this.state.unread.value = 0;
    this.review.refresh();
  }

  goToBookmark(name: string): void {
    this.command('.uno:JumpToMark', { Bookmark: { type: 'string', value: name } });
  }

  insertBookmark(name: string): void {
    this.command('.uno:InsertBookmark', { Bookmark: { type: 'string', value: name } });
  }

  #rights(rights: Rights): Rights {
    const { access, comment, copy, download, print, chat } = rights;
    const read = this.#readOnly;
    return {
      access: read ? 'view' : access,
      comment: comment && !read,
      copy,
      download,
      print,
      chat,
    };
  }

  #told(told: Told | null): void {
    const text = `${told?.message ?? translate('noticeNotDone')} ${told?.hint ?? ''}`;
    this.#notice('warning', text.trim());
  }

  notify(
    tone: Notice['tone'],
    key: MessageKey,
    parameters?: Parameters,
    link?: Notice['link'],
  ): void {
    this.#notice(tone, translate(key, parameters), link);
  }

  /** Gives what opens a protected document. It is kept nowhere. */
  unlock(password: string): void {
    this.#connection.unlock(password);
  }

  /** The user does not want to give the password. */
  stayLocked(): void {
    const problem: Failed = {
      type: 'failed',
      code: 'open.no_password',
      message: translate('passwordNone'),
      hint: translate('passwordNoneHint'),
      editorError: -19,
      fatal: true,
      general: false,
    };
    this.leave();
    this.#receive(problem);
  }

  /** Shows a text that is not in the catalogues. */
  say(tone: Notice['tone'], text: string): void {
    this.#notice(tone, text);
  }

  dismiss(id: number): void {
    this.state.notices.value = this.state.notices.value.filter((notice) => notice.id !== id);
  }

  #notice(tone: Notice['tone'], text: string, link?: Notice['link']): void {
    const id = ++this.#noticeId;
    const others = this.state.notices.value.filter((notice) => notice.text !== text).slice(-2);
    this.state.notices.value = [...others, { id, tone, text, ...(link && { link }) }];
    if (link === undefined) setTimeout(() => this.dismiss(id), NOTICE_MS);
  }

  #connectionState(state: ConnectionState): void {
    const { phase, lost } = this.state;
    lost.value = state === 'lost';
    if (state === 'lost') phase.value = 'reconnecting';
    else if (state === 'closed') phase.value = 'closed';
    // `ended` is followed by the message that says why.
    else if (state !== 'ended' && state !== 'ready') phase.value = state;
  }

  #opened(opened: Opened): void {
    const { state } = this;
    const { document, participants, save } = opened;
    state.document.value = {
      title: document.title,
      fileType: document.fileType,
      kind: document.kind,
      rights: this.#rights(opened),
      formats: opened.formats,
      changes: document.changes ?? null,
      self: opened.participant,
      userName: opened.user.name,
    };
    this.losses.opened(opened.user.id, opened.losses ?? null);
    state.size.value = { width: document.width, height: document.height };
    state.parts.value = document.parts;
    state.stage.value = null;
    state.locked.value = null;
    state.stopped.value = null;
    state.phase.value = 'ready';
    state.unacknowledged.value = this.#connection.waiting;
    this.#partInput = 0;
    this.#acknowledged = opened.applied;
    // They are reported again; after the engine was replaced, other views have these numbers.
    state.peers.value = new Map();
    this.#participants(participants);
    state.chat.value = opened.chatMessages;
    this.review.refresh();
    this.#saved(save);
    if (this.#ready) {
      if (this.#area !== null) this.area(this.#area);
      this.tiles.restart();
    }
    this.#ask(document.kind);
    if (!this.#ready) {
      this.#ready = true;
      this.#raise('onInfo', { mode: state.editable ? 'edit' : 'view' });
      this.#raise('onDocumentReady', undefined);
      // There are none to wait for.
      this.#raise('onPluginsReady', undefined);
      this.#tellFonts(document.missingFonts ?? []);
      if (opened.losses !== undefined) {
        const { rule, held, losses, complete } = opened.losses;
        this.#raise('onDocumentLosses', { rule, held, losses, complete });
      }
    }
  }

  /** Says once which fonts are missing, and what is shown instead. */
  #tellFonts(missing: readonly MissingFont[]): void {
    const fonts = untold(missing, browserMemory());
    if (fonts.length === 0) return;
    const pairs = fonts.slice(0, FONTS_NAMED).map((font) => translate('fontShownAs', { ...font }));
    const more = fonts.length - pairs.length;
    const names = pairs.join(', ');
    this.notify('info', 'noticeFonts', {
      names: more > 0 ? translate('fontsAndMore', { names, count: more }) : names,
    });
  }

  /** What brings a new view to this editor's caret, before inputs that were meant for it. */
  #place(): readonly Input[] {
    // A text that was being edited can't be entered again from here: what was typed meanwhile is told lost.
    if (this.state.document.value?.kind === 'slide' && this.#connection.queue.size > 0) {
      this.notify('warning', 'noticeInputsLost');
    }
    return placeOf(this.state);
  }

  #ask(kind: 'word' | 'cell' | 'slide'): void {
    if (kind === 'cell') this.#askGeometry();
    if (!this.state.editable) return;
    if (kind === 'word') {
      void this.#connection.query('.uno:StyleApply').then((values) => {
        const styles = commandValues(values)?.ParagraphStyles;
        if (Array.isArray(styles)) {
          this.state.styles.value = styles.filter((style) => typeof style === 'string');
        }
      });
    }
    void this.#connection.query('.uno:CharFontName').then((values) => {
      const fonts = commandValues(values);
      if (fonts !== null) {
        this.state.fonts.value = Object.keys(fonts).sort((a, b) => a.localeCompare(b));
      }
    });
  }

  #askGeometry(): void {
    const part = this.state.part.value;
    void this.#connection.query(GEOMETRY).then((values) => {
      const geometry = parseSheetGeometry(values);
      if (geometry !== null && part === this.state.part.value) this.state.sheet.value = geometry;
    });
  }

  #receive(message: ServerMessage): void {
    const { state } = this;
    switch (message.type) {
      case 'progress':
        state.stage.value = message.stage;
        return;
      case 'password':
        state.locked.value = { wrong: message.wrong, ...(message.wait && { wait: message.wait }) };
        return;
      case 'refused':
      case 'failed':
        if (message.type === 'failed' && !message.fatal && this.#ready) {
          state.stopped.value = message;
          this.#raise('onWarning', {
            warningCode: message.editorError,
            warningDescription: message.message,
          });
          return;
        }
        state.locked.value = null;
        state.problem.value = message;
        state.phase.value = message.type;
        this.#raise('onError', {
          errorCode: message.editorError,
          errorDescription: message.message,
        });
        return;
      case 'ack':
        this.#acknowledged = message.seq;
        state.unacknowledged.value = this.#connection.waiting;
        this.#closeWhenDelivered();
        return;
      case 'notice':
        this.#notice('warning', `${message.message} ${message.hint}`.trim());
        return;
      case 'denied':
        state.unacknowledged.value = this.#connection.waiting;
        this.#notice('warning', `${message.message} ${message.hint}`.trim());
        return;
      case 'participants':
        this.#participants(message.list);
        return;
      case 'invalidate':
        if (state.stage.value === 'recovering') state.stage.value = null;
        this.review.changesMayHaveCome();
        this.tiles.invalidate(
          // Pages of a text are one part here, whatever the engine calls them.
          state.document.value?.kind === 'word' ? -1 : message.part,
          message.rect,
          message.version,
        );
        return;
      case 'size':
        state.size.value = { width: message.width, height: message.height };
        state.parts.value = message.parts;
        return;
      case 'title':
        if (state.document.value === null) return;
        state.document.value = { ...state.document.value, title: message.title };
        this.#raise('onMetaChange', { title: message.title });
        return;
      case 'save':
        this.#saved(message);
        return;
      case 'rights': {
        const document = state.document.value;
        if (document === null) return;
        state.document.value = { ...document, rights: this.#rights(message) };
        if (!state.denied.value) this.notify('info', 'noticeRights');
        return;
      }
      case 'chat':
        state.chat.value = [...state.chat.value, ...message.messages].slice(-CHAT_KEPT);
        if (state.panel.value !== 'chat') state.unread.value += message.messages.length;
        return;
      case 'download':
      case 'inserted':
      case 'taken':
      case 'opened':
      case 'session':
      case 'pong':
      case 'clipboard':
      case 'values':
        return;
      default:
        this.#viewEvent(message);
    }
  }

  #viewEvent(event: ViewEvent): void {
    const { state } = this;
    switch (event.type) {
      case 'caret':
        state.caret.value = event.rect;
        return;
      case 'caretVisible':
        state.caretVisible.value = event.visible;
        return;
      case 'selection':
        state.selection.value = event.rects;
        return;
      case 'graphic':
        state.graphic.value = event.rect;
        return;
      case 'cell':
        // There is none while the cell is edited, in which the frame stays and a caret blinks.
        if (event.cell === null) return;
        state.cell.value = event.cell;
        state.caret.value = null;
        return;
      case 'cellArea':
        state.cellArea.value = event.rect;
        return;
      case 'cellFormula':
        state.cellFormula.value = event.text;
        return;
      case 'cellAddress':
        state.cellAddress.value = event.text;
        return;
      case 'state':
        state.stateOf(event.name).value = event.value;
        return;
      // The mouse is reported only while a button is down, too seldom for a shape that follows it.
      case 'pointer':
        return;
      case 'part':
        // The parts of a text are its pages, which lie below each other.
        if (state.document.value?.kind === 'word') return;
        if (this.#acknowledged >= this.#partInput) this.#showPart(event.index);
        return;
      case 'comments':
        this.review.commentsCame();
        return;
      case 'field':
        state.field.value = event.field;
        return;
      case 'fields':
        // An embedded document is there to be read, whatever else its reader may do.
        if (state.document.value?.rights.access !== 'fill') return;
        this.notify('info', event.count > 0 ? 'noticeFields' : 'noticeNoFields');
        return;
      case 'headers':
        this.#askGeometry();
        return;
      case 'link':
        this.#link(event.url);
        return;
      case 'commandResult':
        if (event.conflict) this.notify('warning', 'noticeUndoConflict');
        return;
      case 'dialog':
        this.notify('info', 'noticeDialog', { title: event.title });
        return;
      case 'peerCaret':
        this.#peer(event.view, { part: event.part, caret: event.rect, movedAt: Date.now() });
        return;
      case 'peerCaretVisible':
        this.#peer(event.view, { caretVisible: event.visible });
        return;
      case 'peerSelection':
        this.#peer(event.view, { part: event.part, selection: event.rects });
        return;
      case 'peerCell':
        this.#peer(event.view, { part: event.part, cell: event.cell, movedAt: Date.now() });
        return;
      case 'peerGraphic':
        this.#peer(event.view, { part: event.part, graphic: event.rect });
    }
  }

  #peer(view: number, change: Partial<Peer>): void {
    const former = this.state.peers.value.get(view) ?? {
      view,
      part: 0,
      caret: null,
      caretVisible: true,
      selection: [],
      cell: null,
      graphic: null,
      movedAt: 0,
    };
    this.state.peers.value = new Map(this.state.peers.value).set(view, { ...former, ...change });
  }

  #participants(list: readonly Participant[]): void {
    this.state.participants.value = list.map((one) =>
      UNNAMED.has(one.name) ? { ...one, name: this.#guest } : one,
    );
    const views = new Set(list.filter((one) => one.online).map((one) => one.view));
    const peers = [...this.state.peers.value].filter(([view]) => views.has(view));
    this.state.peers.value = new Map(peers);
  }

  #showPart(index: number): void {
    const { state } = this;
    if (state.part.value === index) return;
    batch(() => {
      state.part.value = index;
      state.caret.value = null;
      state.selection.value = [];
      state.graphic.value = null;
      state.cellArea.value = null;
    });
    if (state.document.value?.kind === 'cell') this.#askGeometry();
  }

  #saved(save: SaveStatus): void {
    const { state, at, message, hint } = save;
    if (state === 'failed' && this.state.save.peek().state !== 'failed') {
      this.#raise('onWarning', {
        warningCode: NOT_SAVED,
        warningDescription: message ?? translate('saveFailed'),
      });
    }
    this.state.save.value = { state, at, message, hint };
    const unsaved = state !== 'saved';
    if (unsaved !== this.#announcedUnsaved) {
      this.#announcedUnsaved = unsaved;
      this.#raise('onDocumentStateChange', unsaved);
    }
  }

  #link(address: string): void {
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      return;
    }
    // A document may hold any address; only these are safe to follow from here.
    if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return;
    this.notify('info', 'noticeLink', undefined, { url: url.href, label: url.href });
  }

  #closeWhenDelivered(): void {
    if (!this.#closing) return;
    const delivered = this.#connection.waiting === 0;
    if (!delivered && this.#connection.state === 'ready') return;
    this.#closing = false;
    if (!delivered && !this.#warnedOfLoss) {
      // Asked a second time, the user means it.
      this.#warnedOfLoss = true;
      this.notify('warning', 'noticeCloseUndelivered');
      return;
    }
    this.#raise('onRequestClose', undefined);
  }
}

function inserts(call: unknown): boolean {
  return typeof call === 'object' && call !== null && 'c' in call && call.c === 'insert-text';
}
