import { beforeEach, describe, expect, it } from 'vitest';
import type { Input, Loss, Losses } from '../live/protocol.js';
import { LossGuard } from './losses.js';
import { EditorState, type OpenDocument } from './state.js';

const loss = (kind: string, rank: Loss['rank']): Loss => ({ kind, rank, count: 1, places: [] });
const found = (rule: Losses['rule'], ...losses: Loss[]): Losses => ({
  rule,
  held: false,
  losses,
  complete: true,
});
const MACROS = loss('macros', 'function');
const WHAT_IF = loss('what-if-table', 'content');
const LATER = loss('table-style', 'later');

let stored: Map<string, string>;
let state: EditorState;

const guard = (user: string, losses: Losses | null, access = 'edit'): LossGuard => {
  state = new EditorState();
  state.document.value = { rights: { access, comment: access !== 'view' } } as OpenDocument;
  const memory = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  };
  const it = new LossGuard(state, memory);
  it.opened(user, losses);
  return it;
};

beforeEach(() => {
  stored = new Map();
});

describe('losses', () => {
  it('hold a change back until the user has chosen, and then let it through in order', () => {
    const it = guard('u1', found('tell', WHAT_IF, MACROS, LATER));
    const done: number[] = [];
    expect(it.open.value).toEqual([WHAT_IF, MACROS]);
    expect(it.holds(() => done.push(1))).toBe(true);
    expect(it.holds(() => done.push(2))).toBe(true);
    expect([done, it.asked.value]).toEqual([[], true]);
    it.edit();
    expect([done, it.asked.value, it.undecided]).toEqual([[1, 2], false, false]);
    expect(it.holds(() => done.push(3))).toBe(false);
  });

  it('ask about a kind once, and again about another one', () => {
    guard('u1', found('tell', MACROS)).edit();
    expect(guard('u1', found('tell', MACROS)).undecided).toBe(false);
    expect(guard('u1', found('tell', MACROS, WHAT_IF)).open.value).toEqual([WHAT_IF]);
    expect(guard('u2', found('tell', MACROS)).undecided).toBe(true);
  });

  it('are not remembered of users whom nobody signed', () => {
    for (const user of ['', 'uid-3f9']) {
      guard(user, found('tell', MACROS)).edit();
      expect([...stored]).toEqual([]);
      expect(guard(user, found('tell', MACROS)).undecided).toBe(true);
    }
  });

  it('forget what waited when the user only reads, and can be asked again', () => {
    const it = guard('u1', found('tell', MACROS));
    const done: number[] = [];
    it.holds(() => done.push(1));
    it.read();
    expect([state.editable, state.commentable, it.undecided]).toEqual([false, false, false]);
    it.edit();
    expect([done, state.editable]).toEqual([[], true]);
  });

  it('put off what the application wants done, without a question', () => {
    const it = guard('u1', found('tell', MACROS));
    const done: string[] = [];
    it.onceDecided(() => done.push('track'));
    expect([done, it.asked.value]).toEqual([[], false]);
    it.holds(() => done.push('type'));
    it.edit();
    expect(done).toEqual(['track', 'type']);
    it.onceDecided(() => done.push('more'));
    expect(done.at(-1)).toBe('more');
  });

  it('are put off without an answer until the next change', () => {
    const it = guard('u1', found('tell', MACROS));
    it.holds(() => undefined);
    it.later();
    expect([it.asked.value, it.undecided]).toEqual([false, true]);
    expect(it.holds(() => undefined)).toBe(true);
  });

  it.each([
    ['only show later', guard('u1', found('tell', LATER))],
    ['are kept quiet', guard('u1', found('quiet', MACROS))],
    ['are held by the strict rule', guard('u1', found('strict', MACROS))],
    ['are none', guard('u1', null)],
    ['meet a reader', guard('u1', found('tell', MACROS), 'view')],
  ])('ask nothing if they %s', (_, it) => {
    expect(it.undecided).toBe(false);
  });

  it('do not let more wait than a person can mean', () => {
    const it = guard('u1', found('tell', MACROS));
    let done = 0;
    for (let number = 0; number < 1000; number += 1) it.holds(() => (done += 1));
    it.edit();
    expect(done).toBe(50);
  });

  it('tell changes from what leaves a document alone', () => {
    const it = guard('u1', found('tell', MACROS));
    const mouse = (x: number): Input => ({
      kind: 'mouse',
      action: 'down',
      x,
      y: 150,
      count: 1,
      buttons: 1,
      modifiers: 0,
    });
    const inputs: Input[] = [
      { kind: 'text', text: 'x' },
      { kind: 'key', char: 0, code: 1283 },
      { kind: 'key', char: 0, code: 1024 },
      mouse(150),
    ];
    expect(inputs.map((input) => it.changes(input))).toEqual([true, true, false, false]);
    // What is selected would be dragged along.
    state.graphic.value = [100, 100, 100, 100];
    expect([mouse(150), mouse(900)].map((input) => it.changes(input))).toEqual([true, false]);
  });
});
