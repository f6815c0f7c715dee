import { describe, expect, it } from 'vitest';
import type { Input } from './protocol.js';
import { InputQueue } from './queue.js';

const text = (value: string): Input => ({ kind: 'text', text: value });

describe('input queue', () => {
  it('numbers from 1 without gaps', () => {
    const queue = new InputQueue();
    expect(queue.push(text('a'))?.seq).toBe(1);
    expect(queue.push(text('b'))?.seq).toBe(2);
    expect(queue.last).toBe(2);
  });

  it('forgets what was acknowledged, all up to that number', () => {
    const queue = new InputQueue();
    for (const value of ['a', 'b', 'c']) queue.push(text(value));
    queue.acknowledge(2);
    expect(queue.size).toBe(1);
    queue.acknowledge(1);
    expect(queue.size).toBe(1);
  });

  it('sends again only what the resumed session has not applied, with the same numbers', () => {
    const queue = new InputQueue();
    for (const value of ['a', 'b', 'c']) queue.push(text(value));
    queue.acknowledge(1);
    expect(queue.resume(2)).toEqual([{ seq: 3, input: text('c') }]);
    expect(queue.push(text('d'))?.seq).toBe(4);
  });

  it('sends everything again, after what leads to the place, to a view that is new', () => {
    const queue = new InputQueue();
    for (const value of ['a', 'b', 'c']) queue.push(text(value));
    queue.acknowledge(1);
    expect(queue.restart(0, [text('place')])).toEqual([
      { seq: 1, input: text('place') },
      { seq: 2, input: text('b') },
      { seq: 3, input: text('c') },
    ]);
    expect(queue.push(text('d'))?.seq).toBe(4);
  });

  it('forgets a refused input and no other', () => {
    const queue = new InputQueue();
    for (const value of ['a', 'b', 'c']) queue.push(text(value));
    queue.drop(2);
    expect(queue.resume(0).map(({ seq }) => seq)).toEqual([1, 3]);
  });

  it('refuses inputs beyond its limit and takes them again when there is room', () => {
    const queue = new InputQueue(2);
    queue.push(text('a'));
    queue.push(text('b'));
    expect(queue.full).toBe(true);
    expect(queue.push(text('c'))).toBeNull();
    queue.acknowledge(1);
    expect(queue.push(text('c'))?.seq).toBe(3);
  });
});
