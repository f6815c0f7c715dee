import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome, Question } from './ask.js';
import { Workbench } from './workbench.js';

interface Asked {
  question: Question;
  signal: AbortSignal;
  answer: (outcome: Outcome) => void;
  fail: () => void;
}

let asked: Asked[];
let bench: Workbench;

function explained(code: string): Outcome {
  const finding = {
    code,
    severity: 'fatal',
    message: '',
    hint: '',
    path: null,
    expected: null,
    found: null,
    docs: '',
    symptom: '',
  } as const;
  return {
    state: 'explained',
    explanation: { kind: 'token', kindWords: 'a token', findings: [finding] },
  };
}

function last(): Asked {
  const found = asked.at(-1);
  if (found === undefined) throw new Error('nothing was asked');
  return found;
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  bench = new Workbench(
    (question, signal) =>
      new Promise((answer, reject) => {
        asked.push({ question, signal, answer, fail: () => reject(new Error('lost')) });
      }),
    100,
  );
});

afterEach(() => {
  vi.useRealTimers();
});

describe('asking', () => {
  it('waits until the typing pauses', () => {
    for (const text of ['e', 'ey', 'eyJ']) {
      bench.setInput(text);
      vi.advanceTimersByTime(99);
    }
    expect(asked).toHaveLength(0);
    expect(bench.busy.value).toBe(true);
    vi.advanceTimersByTime(1);
    expect(asked.map((one) => one.question.input)).toEqual(['eyJ']);
  });

  it('gives the secrets that are filled in, and the purpose', () => {
    bench.setInput('a.b.c');
    bench.setPurpose('open');
    bench.setSecret(0, 'one');
    bench.addSecret();
    const third = bench.addSecret();
    bench.setSecret(third, ' two ');
    vi.runAllTimers();
    expect(last().question).toEqual({
      input: 'a.b.c',
      secrets: ['one', ' two '],
      purpose: 'open',
    });
    bench.removeSecret(0);
    vi.runAllTimers();
    expect(last().question.secrets).toEqual([' two ']);
  });

  it('asks nothing when there is nothing, and forgets the last answer', async () => {
    bench.setInput('a.b.c');
    vi.runAllTimers();
    last().answer(explained('token.malformed'));
    await vi.waitFor(() => expect(bench.outcome.value.state).toBe('explained'));
    bench.setInput('  \n');
    vi.runAllTimers();
    expect(asked).toHaveLength(1);
    expect(bench.outcome.value.state).toBe('idle');
    expect(bench.busy.value).toBe(false);
    bench.setSecret(0, 'alone');
    vi.runAllTimers();
    expect(asked).toHaveLength(1);
  });
});

describe('answers', () => {
  it('are shown when they come', async () => {
    bench.setInput('a.b.c');
    vi.runAllTimers();
    last().answer(explained('payload.empty'));
    await vi.waitFor(() => expect(bench.busy.value).toBe(false));
    expect(bench.outcome.value).toEqual(explained('payload.empty'));
  });

  it('to an older question are cancelled, and not shown when they come anyway', async () => {
    bench.setInput('older');
    vi.runAllTimers();
    const older = last();
    bench.setInput('newer');
    expect(older.signal.aborted).toBe(true);
    older.answer(explained('older'));
    await vi.runAllTimersAsync();
    expect(bench.outcome.value.state).toBe('idle');
    expect(bench.busy.value).toBe(true);
    last().answer(explained('newer'));
    await vi.waitFor(() => expect(bench.outcome.value).toEqual(explained('newer')));
  });

  it('that are refused for an older question say nothing', async () => {
    bench.setInput('older');
    vi.runAllTimers();
    const older = last();
    bench.setInput('');
    older.fail();
    await vi.runAllTimersAsync();
    expect(bench.outcome.value.state).toBe('idle');
  });

  it('that do not come are told of', async () => {
    bench.setInput('a.b.c');
    vi.runAllTimers();
    last().fail();
    await vi.waitFor(() =>
      expect(bench.outcome.value).toEqual({ state: 'failed', failure: 'unreachable' }),
    );
    expect(bench.busy.value).toBe(false);
  });
});

describe('secrets', () => {
  it('have at least one field', () => {
    bench.setSecret(0, 'one');
    bench.removeSecret(0);
    expect(bench.secrets.value).toEqual([{ id: 0, value: '' }]);
  });

  it('stay when the input is cleared', () => {
    bench.setSecret(0, 'one');
    bench.setInput('a.b.c');
    bench.setPurpose('command');
    bench.clear();
    expect(bench.secrets.value[0]?.value).toBe('one');
    expect([bench.input.value, bench.purpose.value]).toEqual(['', null]);
  });
});
