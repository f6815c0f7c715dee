/** What is asked of the server, and what it answers: `POST /token/explain`. */

export const PURPOSES = ['open', 'command', 'convert', 'callback', 'download', 'method'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Question {
  input: string;
  secrets: readonly string[];
  purpose: Purpose | null;
}

export type Severity = 'fatal' | 'silent' | 'risk' | 'note';

export interface Finding {
  code: string;
  severity: Severity;
  message: string;
  hint: string;
  path: string | null;
  expected: string | null;
  found: string | null;
  docs: string;
  /** What an ONLYOFFICE server or editor shows in such a case. */
  symptom: string;
}

export interface Explanation {
  kind: string;
  kindWords: string;
  findings: Finding[];
}

/** Why there is no answer. */
export type Failure = 'tooLarge' | 'denied' | 'tooMany' | 'unreachable' | 'broken';

export type Outcome =
  | { state: 'idle' }
  | { state: 'explained'; explanation: Explanation }
  | { state: 'failed'; failure: Failure };

export type Ask = (question: Question, signal: AbortSignal) => Promise<Outcome>;

/** Largest request that the server takes, in bytes. */
const LARGEST = 1 << 20;

const FAILURES: Readonly<Record<number, Failure>> = {
  401: 'denied',
  403: 'denied',
  413: 'tooLarge',
  429: 'tooMany',
};

/** Asks this page's server. It rejects only when it was told to stop. */
export async function askServer(question: Question, signal: AbortSignal): Promise<Outcome> {
  const body = JSON.stringify(question);
  if (new Blob([body]).size > LARGEST) return { state: 'failed', failure: 'tooLarge' };
  try {
    const answer = await fetch('explain', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal,
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (!answer.ok) return { state: 'failed', failure: FAILURES[answer.status] ?? 'broken' };
    return { state: 'explained', explanation: (await answer.json()) as Explanation };
  } catch (error) {
    if (signal.aborted) throw error;
    return { state: 'failed', failure: 'unreachable' };
  }
}
