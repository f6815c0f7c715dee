// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GIVE_UP_MS, pauseBefore } from './backoff.js';
import { Connection, encodeMessage, liveUrl, type ConnectionState } from './connection.js';
import type { ClientMessage, Input } from './protocol.js';

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  binaryType = '';
  readyState = 0;
  sent: ClientMessage[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }

  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  say(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

const opened = (more: object = {}, key = 'k') => ({
  type: 'opened',
  participant: 'p1',
  view: 1,
  session: 's1',
  document: {
    key,
    title: 't',
    fileType: 'docx',
    kind: 'word',
    parts: [],
    width: 1,
    height: 1,
  },
  access: 'edit',
  copy: true,
  download: true,
  user: { id: 'u', name: 'U' },
  lang: 'en',
  participants: [],
  applied: 0,
  fresh: true,
  save: { state: 'saved', at: null, message: null, hint: null },
  heartbeat: 15,
  ...more,
});

describe('connection', () => {
  let states: ConnectionState[];
  let place: Input[];
  let connection: Connection;
  let beacons: [string, string][];

  const socket = (): FakeSocket => {
    const last = FakeSocket.all.at(-1);
    if (last === undefined) throw new Error('no socket');
    return last;
  };
  const inputs = (from: FakeSocket) => from.sent.filter((message) => message.type === 'input');

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    vi.stubGlobal('WebSocket', FakeSocket);
    beacons = [];
    navigator.sendBeacon = (url, body) => beacons.push([String(url), body as string]) > 0;
    states = [];
    place = [];
    connection = new Connection(
      'ws://x/doc/k/live',
      { token: 't' },
      {
        message: () => undefined,
        tile: () => undefined,
        state: (state) => states.push(state),
        opened: () => undefined,
        place: () => place,
        full: () => undefined,
      },
    );
    connection.connect();
    socket().accept();
  });

  afterEach(() => {
    connection.leave();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('opens with the config first', () => {
    expect(socket().sent).toEqual([
      { type: 'open', config: { token: 't' }, session: null, resume: null },
    ]);
    socket().say(opened());
    expect(connection.state).toBe('ready');
  });

  it('o1 cuts by a numbered input among the others', async () => {
    socket().say(opened());
    connection.input({ kind: 'text', text: 'a' });
    const cut = connection.cut();
    connection.input({ kind: 'text', text: 'b' });
    expect(inputs(socket()).map(({ seq, input }) => [seq, input])).toEqual([
      [1, { kind: 'text', text: 'a' }],
      [2, { kind: 'cut', id: 1 }],
      [3, { kind: 'text', text: 'b' }],
    ]);
    socket().say({ type: 'clipboard', id: 1, text: 'gone', html: null });
    expect(await cut).toMatchObject({ text: 'gone' });
  });

  it('waits for the answer to a cut over a lost connection, as long as it is to be sent', async () => {
    socket().say(opened());
    const applied = connection.cut();
    const sent = connection.cut();
    const denied = connection.cut();
    socket().close();
    vi.advanceTimersByTime(60_000);
    socket().accept();
    // The first was applied, and what it took away was told to the lost connection.
    socket().say(opened({ applied: 1, fresh: false }));
    expect(await applied).toBeNull();
    socket().say({ type: 'denied', seq: 3, code: 'c', message: 'm', hint: 'h' });
    expect(await denied).toBeNull();
    socket().say({ type: 'clipboard', id: 2, text: 'gone', html: null });
    expect(await sent).toMatchObject({ text: 'gone' });
  });

  it('o3 keeps the place of an input that is still being made', () => {
    socket().say(opened());
    connection.input({ kind: 'text', text: 'a' });
    const first = connection.reserve();
    connection.input({ kind: 'text', text: 'b' });
    const second = connection.reserve();
    connection.input({ kind: 'text', text: 'c' });
    connection.save();
    const texts = () =>
      socket().sent.flatMap((message) =>
        message.type === 'input' && message.input.kind === 'text'
          ? [message.input.text]
          : message.type === 'save'
            ? ['save']
            : [],
      );
    expect(connection.waiting).toBe(6);
    second({ kind: 'text', text: '2' });
    expect(texts()).toEqual(['a']);
    first({ kind: 'text', text: '1' });
    expect(texts()).toEqual(['a', '1', 'b', '2', 'c', 'save']);
    expect(connection.waiting).toBe(5);
  });

  it('gives up a place where nothing was made', () => {
    socket().say(opened());
    const place = connection.reserve();
    connection.input({ kind: 'text', text: 'a' });
    place(null);
    expect(inputs(socket())).toHaveLength(1);
  });

  it('opens a version by the session of its document, and returns under its own key', () => {
    const handlers = {
      message: () => undefined,
      tile: () => undefined,
      state: () => undefined,
      opened: () => undefined,
      place: () => [],
      full: () => undefined,
    };
    const argument = { version: 2, token: 't2' };
    const looked = { session: 's0', argument, marks: false };
    const version = new Connection('ws://x/doc/k/live', {}, handlers, looked);
    version.connect();
    socket().accept();
    expect(socket().sent).toEqual([
      { type: 'open', config: {}, session: 's0', resume: null, version: argument, marks: false },
    ]);
    socket().say(opened({}, 'version.a b'));
    socket().close();
    vi.advanceTimersByTime(60_000);
    socket().accept();
    expect(socket().url).toBe('ws://x/doc/version.a%20b/live');
    expect(socket().sent).toEqual([
      { type: 'open', config: {}, session: 's1', resume: { participant: 'p1', sent: 0 } },
    ]);
    version.leave();
    expect(beacons).toEqual([['http://x/doc/version.a%20b/goodbye', 's1']]);
  });

  it('returns with the newest session and sends what was not confirmed', () => {
    const first = socket();
    first.say(opened());
    for (const text of ['a', 'b', 'c']) connection.input({ kind: 'text', text });
    first.say({ type: 'ack', seq: 1 });
    first.say({ type: 'session', token: 's2' });
    first.close();
    expect(connection.state).toBe('reconnecting');
    connection.input({ kind: 'text', text: 'd' });
    vi.advanceTimersByTime(300);
    const second = socket();
    expect(second).not.toBe(first);
    second.accept();
    expect(second.sent[0]).toMatchObject({
      session: 's2',
      resume: { participant: 'p1', sent: 4 },
    });
    second.say(opened({ fresh: false, applied: 2 }));
    expect(inputs(second)).toMatchObject([{ seq: 3 }, { seq: 4 }]);
  });

  it('brings a new view to its place before it sends the rest', () => {
    socket().say(opened());
    connection.input({ kind: 'text', text: 'a' });
    place = [{ kind: 'part', index: 3 }];
    socket().close();
    vi.advanceTimersByTime(300);
    socket().accept();
    socket().say(opened({ fresh: true, applied: 0 }));
    expect(inputs(socket())).toEqual([
      { type: 'input', seq: 1, input: { kind: 'part', index: 3 } },
      { type: 'input', seq: 2, input: { kind: 'text', text: 'a' } },
    ]);
  });

  it('takes silence for loss and pings before that', () => {
    socket().say(opened());
    vi.advanceTimersByTime(16_000);
    expect(socket().sent.at(-1)).toEqual({ type: 'ping' });
    vi.advanceTimersByTime(31_000);
    expect(states).toContain('reconnecting');
  });

  it('pings at the pace of the heartbeat, however much the server says', () => {
    socket().say(opened());
    for (let second = 0; second < 61; second++) {
      vi.advanceTimersByTime(1000);
      socket().say({ type: 'pong' });
    }
    expect(socket().sent.filter((message) => message.type === 'ping')).toHaveLength(4);
    expect(connection.state).toBe('ready');
  });

  it('gives up after ten minutes and tries again when asked', () => {
    socket().say(opened());
    socket().close();
    for (let spent = 0; spent <= GIVE_UP_MS + 10_000; spent += 1000) {
      vi.advanceTimersByTime(1000);
      if (socket().readyState !== 3) socket().close();
    }
    expect(connection.state).toBe('lost');
    const tried = FakeSocket.all.length;
    connection.retry();
    expect(FakeSocket.all.length).toBe(tried + 1);
    expect(connection.state).toBe('reconnecting');
  });

  it('does not return after a refusal', () => {
    socket().say({ type: 'refused', code: 'token.signature', message: '', hint: '' });
    expect(connection.state).toBe('ended');
    const tried = FakeSocket.all.length;
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all.length).toBe(tried);
  });

  it('holds inputs back while the engine is replaced', () => {
    const only = socket();
    only.say(opened());
    connection.input({ kind: 'text', text: 'a' });
    only.say({ type: 'progress', stage: 'recovering' });
    only.say({ type: 'progress', stage: 'opening' });
    connection.input({ kind: 'text', text: 'b' });
    expect(inputs(only)).toHaveLength(1);
    only.say(opened({ fresh: false, applied: 0 }));
    expect(inputs(only).slice(1)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });

  it('returns to a server that is being restarted', () => {
    socket().say(opened());
    socket().say({ type: 'failed', code: 'server.stopping', fatal: true });
    socket().close();
    expect(connection.state).toBe('reconnecting');
  });

  it('forgets an input that was refused', () => {
    socket().say(opened());
    connection.input({ kind: 'command', name: '.uno:Quit', args: {} });
    socket().say({ type: 'denied', seq: 1, code: '', message: '', hint: '' });
    expect(connection.queue.size).toBe(0);
  });

  it('says goodbye when left on purpose', () => {
    const last = socket();
    last.say(opened());
    connection.leave();
    expect(last.sent.at(-1)).toEqual({ type: 'leave' });
    expect(beacons).toEqual([['http://x/doc/k/goodbye', 's1']]);
    connection.leave();
    expect(beacons).toHaveLength(1);
  });
});

describe('pauses between attempts', () => {
  it('double from a quarter of a second to five seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => pauseBefore(attempt, 0))).toEqual([
      250, 500, 1000, 2000, 4000, 5000, 5000,
    ]);
    expect(pauseBefore(0, 0.999)).toBeGreaterThan(180);
  });
});

describe('messages', () => {
  it('have no halves of characters', () => {
    const encoded = encodeMessage({
      type: 'input',
      seq: 1,
      input: { kind: 'text', text: 'a\ud83d😀' },
    });
    expect(JSON.parse(encoded)).toMatchObject({ input: { text: 'a\ufffd😀' } });
    expect(encoded).not.toContain('ud83d');
  });
});

describe('live address', () => {
  it('is on the origin and behind the prefix of the page', () => {
    const page = new URL('https://docs.test/office/web-apps/apps/editor/index.html?parentOrigin=x');
    expect(liveUrl(page, 'a.b=c')).toBe('wss://docs.test/office/doc/a.b%3Dc/live');
    expect(liveUrl(new URL('http://h:8080/web-apps/apps/editor/'), 'k')).toBe(
      'ws://h:8080/doc/k/live',
    );
  });
});
