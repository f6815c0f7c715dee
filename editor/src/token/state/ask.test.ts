import { afterEach, describe, expect, it, vi } from 'vitest';
import { askServer, type Question } from './ask.js';

const question: Question = { input: 'a.b.c', secrets: ['hidden'], purpose: null };

function answerWith(status: number, body: unknown = {}) {
  const fetch = vi.fn<typeof globalThis.fetch>(() =>
    Promise.resolve(new Response(JSON.stringify(body), { status })),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const ask = (of: Question = question) => askServer(of, new AbortController().signal);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the question', () => {
  it('has everything in its body, and nothing in its address', async () => {
    const explanation = { kind: 'token', kindWords: 'a token', findings: [] };
    const fetch = answerWith(200, explanation);
    expect(await ask()).toEqual({ state: 'explained', explanation });
    const [address, init] = fetch.mock.calls[0] ?? [];
    expect(address).toBe('explain');
    expect(init?.method).toBe('POST');
    expect(JSON.parse(init?.body as string)).toEqual(question);
  });

  it('is not sent when it is too large for the server', async () => {
    const fetch = answerWith(200);
    // Two bytes a letter.
    const outcome = await ask({ ...question, input: 'é'.repeat(600_000) });
    expect(outcome).toEqual({ state: 'failed', failure: 'tooLarge' });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('a refusal', () => {
  it.each([
    [401, 'denied'],
    [403, 'denied'],
    [413, 'tooLarge'],
    [429, 'tooMany'],
    [500, 'broken'],
    [502, 'broken'],
  ])('with status %i is told as %s', async (status, failure) => {
    answerWith(status);
    expect(await ask()).toEqual({ state: 'failed', failure });
  });

  it('by silence is told as unreachable, unless nobody waits any more', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
    expect(await ask()).toEqual({ state: 'failed', failure: 'unreachable' });
    const controller = new AbortController();
    controller.abort();
    await expect(askServer(question, controller.signal)).rejects.toThrow('no network');
  });
});
