/** What is asked of the server: `GET /callbacks.json` and `POST /callbacks/replay`. */

export interface Answer {
  status: number;
  body: string;
  cut: boolean;
}

/** One attempt to deliver a callback, as the server shows it. */
export interface Attempt {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Whose document it is, unless it is the default's. */
  tenant?: string;
  key: string;
  status: number;
  address: string | null;
  fields: Readonly<Record<string, unknown>>;
  /** `taken`, or the code of what is wrong. */
  outcome: string;
  message: string | null;
  hint: string | null;
  answer: Answer | null;
  /** Milliseconds. */
  took: number;
  attempt: number;
  requests: number;
  replayOf: string | null;
  replayable: boolean;
}

export interface List {
  callbacks: Attempt[];
  kept: { perDocument: number; inAll: number };
}

/** Why there is no answer. */
export type Failure = 'denied' | 'tooMany' | 'unreachable' | 'broken' | 'unknown' | 'gone' | 'busy';

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export interface Server {
  list(): Promise<Result<List>>;
  replay(id: string): Promise<Result<Attempt>>;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  'callbacks.unknown': 'unknown',
  'callbacks.gone': 'gone',
  'callbacks.busy': 'busy',
  'admin.too_many': 'tooMany',
};

async function ask<T>(address: string, init: RequestInit): Promise<Result<T>> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      ...init,
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    return { ok: false, failure: 'unreachable' };
  }
  try {
    const body = (await answer.json()) as T & { code?: unknown };
    if (answer.ok) return { ok: true, value: body };
    const known = typeof body.code === 'string' ? FAILURES[body.code] : undefined;
    if (known !== undefined) return { ok: false, failure: known };
  } catch {
    // What is not JSON is told by its status.
  }
  const denied = answer.status === 401 || answer.status === 403;
  return { ok: false, failure: denied ? 'denied' : 'broken' };
}

/** This page's own server. */
export const server: Server = {
  list: () => ask<List>('../callbacks.json', { headers: { accept: 'application/json' } }),
  replay: (id) =>
    ask<Attempt>('replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ id }),
    }),
};
