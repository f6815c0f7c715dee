import { afterEach, describe, expect, it, vi } from 'vitest';
import { language } from '../shared/language.js';
import { expectSameWords } from '../shared/words.testing.js';
import { catalogues } from './i18n/index.js';
import { duration } from './panels/duration.js';
import { Board } from './state/board.js';
import { server, type Attempt, type List, type Result, type Server } from './state/server.js';

const { en, fr } = catalogues;

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: 'a1',
    at: 1_800_000_000_000,
    key: 'report-7',
    status: 1,
    address: 'https://app.example/callback?…',
    fields: { key: 'report-7', status: 1 },
    outcome: 'taken',
    message: null,
    hint: null,
    answer: { status: 200, body: '{"error":0}', cut: false },
    took: 12,
    attempt: 1,
    requests: 1,
    replayOf: null,
    replayable: true,
    ...changes,
  };
}

function board(callbacks: Attempt[], replayed: Result<Attempt> = { ok: true, value: attempt() }) {
  const list: Result<List> = {
    ok: true,
    value: { callbacks, kept: { perDocument: 20, inAll: 500 } },
  };
  const fake = {
    list: vi.fn<Server['list']>(() => Promise.resolve(list)),
    replay: vi.fn<Server['replay']>(() => Promise.resolve(replayed)),
  };
  return { fake, board: new Board(fake, () => 7) };
}

afterEach(() => {
  language.value = 'en';
  vi.unstubAllGlobals();
});

describe('the page’s words', () => {
  it('are there in both languages, with the same holes', () => {
    expectSameWords(en, fr);
  });

  it('tell durations in the unit that fits', () => {
    expect(duration(12)).toBe('12 ms');
    language.value = 'fr';
    expect(duration(2345)).toBe('2,3 s');
  });
});

describe('the list', () => {
  it('shows what was chosen', async () => {
    const all = [
      attempt(),
      attempt({ id: 'a2', outcome: 'callback.status' }),
      attempt({ id: 'a3', key: 'other' }),
    ];
    const { board: one } = board(all);
    await one.refresh();
    const ids = () => one.shown.value.map(({ id }) => id);
    expect(ids()).toEqual(['a1', 'a2', 'a3']);
    one.key.value = ' report ';
    expect(ids()).toEqual(['a1', 'a2']);
    one.failuresOnly.value = true;
    expect(ids()).toEqual(['a2']);
    expect(one.refreshed.value).toBe(7);
  });

  it('keeps what it had when the server does not answer', async () => {
    const { board: one, fake } = board([attempt()]);
    await one.refresh();
    fake.list.mockResolvedValueOnce({ ok: false, failure: 'unreachable' });
    await one.refresh();
    expect(one.failure.value).toBe('unreachable');
    expect(one.shown.value).toHaveLength(1);
    await one.refresh();
    expect(one.failure.value).toBeNull();
  });
});

describe('sending again', () => {
  it('asks first where the application stores a file', async () => {
    const saving = attempt({ status: 2 });
    const { board: one, fake } = board([saving]);
    await one.send(saving);
    expect(one.replay.value).toEqual({ state: 'asking', id: 'a1' });
    expect(fake.replay).not.toHaveBeenCalled();
    one.cancel();
    expect(one.replay.value).toBeNull();
    await one.send(saving, true);
    expect(fake.replay).toHaveBeenCalledWith('a1');
    expect(one.replay.value?.state).toBe('sent');
    expect(fake.list).toHaveBeenCalledOnce();
  });

  it('does not ask where it only listens, and tells why it could not', async () => {
    const { board: one, fake } = board([attempt()], { ok: false, failure: 'gone' });
    await one.send(attempt());
    expect(fake.replay).toHaveBeenCalledOnce();
    expect(one.replay.value).toEqual({ state: 'failed', id: 'a1', failure: 'gone' });
  });

  it('is not begun twice', async () => {
    const { board: one, fake } = board([attempt()]);
    const first = one.send(attempt());
    await one.send(attempt({ id: 'a2' }));
    await first;
    expect(fake.replay).toHaveBeenCalledOnce();
  });
});

describe('the server', () => {
  it('is asked by addresses that hold nothing', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() =>
      Promise.resolve(new Response(JSON.stringify(attempt()))),
    );
    vi.stubGlobal('fetch', fetch);
    expect(await server.replay('a1')).toEqual({ ok: true, value: attempt() });
    const [address, init] = fetch.mock.calls[0] ?? [];
    expect(address).toBe('replay');
    expect(JSON.parse(init?.body as string)).toEqual({ id: 'a1' });
  });

  it.each([
    [401, {}, 'denied'],
    [403, { code: 'admin.foreign_page' }, 'denied'],
    [429, { code: 'admin.too_many' }, 'tooMany'],
    [429, { code: 'callbacks.busy' }, 'busy'],
    [404, { code: 'callbacks.unknown' }, 'unknown'],
    [410, { code: 'callbacks.gone' }, 'gone'],
    [500, {}, 'broken'],
  ])('that answers %i %o is told as %s', async (status, body, failure) => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status })));
    expect(await server.list()).toEqual({ ok: false, failure });
  });

  it('that is silent or speaks no JSON is told so', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await server.list()).toEqual({ ok: false, failure: 'unreachable' });
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })));
    expect(await server.list()).toEqual({ ok: false, failure: 'broken' });
  });
});
