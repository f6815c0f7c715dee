import { GIVE_UP_MS, pauseBefore } from './backoff.js';
import { decodeMessage, decodeTile, type TileFrame } from './decode.js';
import type { ClientMessage, Input, Opened, ServerMessage, Told } from './protocol.js';
import { InputQueue, QUEUE_LIMIT } from './queue.js';

export type ConnectionState =
  'connecting' | 'opening' | 'ready' | 'reconnecting' | 'lost' | 'ended' | 'closed';

export interface ConnectionHandlers {
  /** Called for every message but those about the connection itself. */
  message(message: ServerMessage): void;
  tile(tile: TileFrame): void;
  state(state: ConnectionState): void;
  /** The document is open, for the first time or again. */
  opened(opened: Opened): void;
  /** Inputs that bring a new view of the same document where this editor's caret is. */
  place(): readonly Input[];
  /** Inputs no longer fit into the queue. */
  full(): void;
}

/** A version of the document that somebody has open. */
export interface Version {
  session: string;
  /** What the application gave to `setHistoryData`. */
  argument: unknown;
  /** Whether what changed since the version before is marked, if the application gave that. */
  marks: boolean;
}

/** Failures that end the connection but not the session: the editor returns. */
const PASSING: ReadonlySet<string> = new Set(['server.stopping', 'session.too_slow']);

/** What is selected. */
interface Flavours {
  text: string | null;
  html: string | null;
}

/** A place in the line; null as long as what belongs there is not there. */
interface Place {
  run: (() => void) | null;
}

type Pending = (message: ServerMessage | null) => void;

/** Without an `opened` heartbeat to go by, a connection may be silent for this long while a file loads. */
const OPENING_HEARTBEAT_S = 60;
/** How many heartbeats the answer to a ping may take. */
const PATIENCE = 2;

/** The live connection to the document server: opens, keeps alive, returns after a loss. */
export class Connection {
  #url: string;
  readonly #config: unknown;
  /** A version to look at, for those who have this session. */
  readonly #version: Version | null;
  readonly #handlers: ConnectionHandlers;
  readonly queue = new InputQueue();
  #socket: WebSocket | null = null;
  #state: ConnectionState = 'connecting';
  #session: string | null = null;
  #participant: string | null = null;
  #heartbeat = OPENING_HEARTBEAT_S;
  #heard = 0;
  #pinged = 0;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #lostAt: number | null = null;
  /** The engine is being replaced: it takes no inputs until the document is opened again. */
  #held = false;
  #nextId = 1;
  /** What waits for an input that is still being made, and that input's place before it. */
  #line: Place[] = [];
  readonly #pending = new Map<number, Pending>();

  constructor(
    url: string,
    config: unknown,
    handlers: ConnectionHandlers,
    version: Version | null = null,
  ) {
    this.#url = url;
    this.#config = config;
    this.#version = version;
    this.#handlers = handlers;
    window.addEventListener('online', this.#hurry);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The last session token that the server gave. */
  get session(): string | null {
    return this.#session;
  }

  connect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heard = Date.now();
    this.#pinged = this.#heard;
    socket.addEventListener('open', () => {
      this.#heard = Date.now();
      this.#pinged = this.#heard;
      if (this.#participant === null) this.#become('opening');
      this.#transmit({
        type: 'open',
        config: this.#config,
        session: this.#session ?? this.#version?.session ?? null,
        resume:
          this.#participant === null
            ? null
            : { participant: this.#participant, sent: this.queue.last },
        ...(this.#session === null &&
          this.#version !== null && {
            version: this.#version.argument,
            marks: this.#version.marks,
          }),
      });
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket !== this.#socket) return;
      this.#heard = Date.now();
      this.#receive(event.data);
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#dropped();
    });
    clearInterval(this.#pulse);
    this.#pulse = setInterval(() => this.#beat(), 1000);
  }

  /** Tries again after the connection was given up. */
  retry(): void {
    if (this.#state !== 'lost') return;
    this.#attempt = 0;
    this.#lostAt = Date.now();
    this.#become(this.#participant === null ? 'connecting' : 'reconnecting');
    this.connect();
  }

  /** Inputs that the server has not confirmed, with those that wait for one before them. */
  get waiting(): number {
    return this.queue.size + this.#line.length;
  }

  /** Sends an input, or keeps it for when the connection is back. False when it could not be taken. */
  input(input: Input): boolean {
    if (this.#participant === null || this.#state === 'ended' || this.#state === 'closed') {
      return false;
    }
    if (this.#line.length > 0) {
      if (this.waiting >= QUEUE_LIMIT) {
        this.#handlers.full();
        return false;
      }
      this.#line.push({ run: () => this.#take(input) });
      return true;
    }
    return this.#take(input);
  }

  /**
   * Keeps a place among the inputs for one that is still being made, such as a picture that is read. What
   * comes after it waits. The place is given up with null.
   */
  reserve(): (input: Input | null) => void {
    const place: Place = { run: null };
    this.#line.push(place);
    return (input) => {
      place.run ??= () => {
        if (input !== null) this.#take(input);
      };
      while (this.#line[0]?.run) this.#line.shift()?.run?.();
    };
  }

  #take(input: Input): boolean {
    if (this.#state === 'ended' || this.#state === 'closed') return false;
    const numbered = this.queue.push(input);
    if (numbered === null) {
      this.#handlers.full();
      return false;
    }
    if (this.#state === 'ready' && !this.#held) this.#transmit({ type: 'input', ...numbered });
    return true;
  }

  /** Has everything stored that was given before. */
  save(): void {
    const run = (): void => this.send({ type: 'save' });
    if (this.#line.length > 0) this.#line.push({ run });
    else run();
  }

  /** Sends something that has no meaning later: dropped when there is no connection. */
  send(message: ClientMessage): void {
    if (this.#state === 'ready') this.#transmit(message);
  }

  async copy(): Promise<Flavours | null> {
    const answer = await this.#ask((id) => ({ type: 'copy', id }));
    return answer?.type === 'clipboard' ? answer : null;
  }

  /** Deletes the selection and gives it; null when it was not deleted. */
  async cut(): Promise<Flavours | null> {
    const id = this.#nextId++;
    const answer = new Promise<ServerMessage | null>((resolve) => this.#pending.set(id, resolve));
    if (!this.input({ kind: 'cut', id })) this.#answer(id, null);
    const given = await answer;
    return given?.type === 'clipboard' ? given : null;
  }

  /** The engine's values of a command; null when there is none or the connection was lost meanwhile. */
  async query(command: string): Promise<unknown> {
    const answer = await this.#ask((id) => ({ type: 'query', id, command }));
    return answer?.type === 'values' ? answer.values : null;
  }

  /** Asks for a copy of the document; null when the connection was lost meanwhile. */
  async download(
    format: string | null,
    print: boolean,
  ): Promise<Extract<ServerMessage, { type: 'download' }> | null> {
    const answer = await this.#ask((id) => ({ type: 'download', id, format, print }));
    return answer?.type === 'download' ? answer : null;
  }

  /** Has pictures inserted that the application signed; null when the connection was lost meanwhile. */
  async insertImage(call: unknown): Promise<Told | null> {
    const answer = await this.#ask((id) => ({ type: 'insertImage', id, call }));
    return answer?.type === 'inserted' ? answer : null;
  }

  /** Has a second document taken that the application signed; null when the connection was lost meanwhile. */
  async takeDocument(
    method: string,
    call: unknown,
  ): Promise<Extract<ServerMessage, { type: 'taken' }> | null> {
    const answer = await this.#ask((id) => ({ type: 'takeDocument', id, method, call }));
    return answer?.type === 'taken' ? answer : null;
  }

  /** Gives what opens a protected document. */
  unlock(password: string): void {
    this.#transmit({ type: 'password', password });
  }

  /** Leaves on purpose: the server need not wait for a return. */
  leave(): void {
    if (this.#state === 'closed' || this.#state === 'ended') return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#transmit({ type: 'leave' });
    // What a closing page sends on its socket may never leave the browser.
    if (this.#session !== null) navigator.sendBeacon(goodbyeUrl(this.#url), this.#session);
    this.#stop('closed');
  }

  #ask(make: (id: number) => ClientMessage): Promise<ServerMessage | null> {
    if (this.#state !== 'ready') return Promise.resolve(null);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#transmit(make(id));
    });
  }

  #transmit(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeMessage(message));
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const tile = decodeTile(data);
      if (tile !== null) this.#handlers.tile(tile);
      return;
    }
    const message = typeof data === 'string' ? decodeMessage(data) : null;
    if (message === null) return;
    switch (message.type) {
      case 'pong':
        return;
      case 'session':
        this.#session = message.token;
        return;
      case 'ack':
        this.queue.acknowledge(message.seq);
        this.#handlers.message(message);
        return;
      case 'denied': {
        const denied = this.queue.drop(message.seq);
        if (denied?.kind === 'cut') this.#answer(denied.id, null);
        this.#handlers.message(message);
        return;
      }
      case 'progress':
        this.#held ||= message.stage === 'recovering';
        this.#handlers.message(message);
        return;
      case 'clipboard':
      case 'values':
      case 'download':
      case 'inserted':
      case 'taken':
        this.#answer(message.id, message);
        return;
      case 'opened':
        this.#opened(message);
        return;
      case 'refused':
        this.#stop('ended');
        this.#handlers.message(message);
        return;
      case 'failed':
        if (PASSING.has(message.code)) {
          this.#handlers.message({ ...message, type: 'notice' });
          return;
        }
        if (message.fatal) this.#stop('ended');
        this.#handlers.message(message);
        return;
      default:
        this.#handlers.message(message);
    }
  }

  #answer(id: number, message: ServerMessage | null): void {
    this.#pending.get(id)?.(message);
    this.#pending.delete(id);
  }

  #opened(opened: Opened): void {
    this.#session = opened.session;
    // A version has a key of its own.
    this.#url = withKey(this.#url, opened.document.key);
    this.#participant = opened.participant;
    this.#heartbeat = opened.heartbeat > 0 ? opened.heartbeat : OPENING_HEARTBEAT_S;
    this.#attempt = 0;
    this.#lostAt = null;
    this.#held = false;
    const resend = opened.fresh
      ? this.queue.restart(opened.applied, this.#handlers.place())
      : this.queue.resume(opened.applied);
    // A cut that was applied and whose answer was lost with the connection has none any more.
    this.#forget();
    this.#become('ready');
    for (const numbered of resend) this.#transmit({ type: 'input', ...numbered });
    this.#handlers.opened(opened);
  }

  // Timers of a page in the background run once a minute: only an unanswered ping counts as silence.
  #beat(): void {
    const now = Date.now();
    if (this.#pinged > this.#heard) {
      if (now - this.#pinged < this.#heartbeat * PATIENCE * 1000) return;
      this.#socket?.close();
      this.#dropped();
    } else if (now - this.#pinged >= this.#heartbeat * 1000) {
      this.#pinged = now;
      this.#transmit({ type: 'ping' });
    }
  }

  #dropped(): void {
    this.#release();
    if (this.#state === 'ended' || this.#state === 'closed') return;
    this.#lostAt ??= Date.now();
    if (Date.now() - this.#lostAt > GIVE_UP_MS) {
      this.#become('lost');
      return;
    }
    this.#become(this.#participant === null ? 'connecting' : 'reconnecting');
    this.#retry = setTimeout(() => this.connect(), pauseBefore(this.#attempt++, Math.random()));
  }

  readonly #hurry = (): void => {
    if (this.#retry !== undefined) this.connect();
  };

  #release(): void {
    clearInterval(this.#pulse);
    this.#socket = null;
    this.#forget();
  }

  /** Gives up questions, but for cuts that are still to be sent. */
  #forget(): void {
    const sent = this.#state === 'ended' || this.#state === 'closed' ? [] : this.queue.cuts();
    for (const id of this.#pending.keys()) if (!sent.includes(id)) this.#answer(id, null);
  }

  #stop(state: 'ended' | 'closed'): void {
    const socket = this.#socket;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#release();
    window.removeEventListener('online', this.#hurry);
    this.#become(state);
    socket?.close(1000);
  }

  #become(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.state(state);
  }
}

/** The same connection for another document. */
function withKey(live: string, key: string): string {
  return live.replace(/[^/]*\/live$/, `${encodeURIComponent(key)}/live`);
}

/** Where a page says that it was closed: beside the live connection. */
export function goodbyeUrl(live: string): string {
  return live.replace(/^ws/, 'http').replace(/\/live$/, '/goodbye');
}

/** A message as text. Halves of surrogate pairs, which keyboards can send, are not JSON for everybody. */
export function encodeMessage(message: ClientMessage): string {
  return JSON.stringify(message, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value,
  );
}

/**
 * Where the live connection of a document is: on the origin of the editor page, behind the same path
 * prefix as `/web-apps/`.
 */
export function liveUrl(page: URL, key: string): string {
  const at = page.pathname.lastIndexOf('/web-apps/');
  const prefix = at < 0 ? '' : page.pathname.slice(0, at);
  const scheme = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${page.host}${prefix}/doc/${encodeURIComponent(key)}/live`;
}
