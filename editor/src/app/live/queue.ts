import type { Input } from './protocol.js';

export interface Numbered {
  seq: number;
  input: Input;
}

/** How many inputs may wait for a lost connection. */
export const QUEUE_LIMIT = 5000;

/** Inputs that the server has not confirmed: kept in order, so that they can be sent again. */
export class InputQueue {
  #waiting: Numbered[] = [];
  #last = 0;
  readonly #limit: number;

  constructor(limit = QUEUE_LIMIT) {
    this.#limit = limit;
  }

  /** Sequence number of the last input taken; 0 when there was none. */
  get last(): number {
    return this.#last;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get full(): boolean {
    return this.#waiting.length >= this.#limit;
  }

  /** Numbers an input and keeps it. Null when the queue is full: the input was not taken. */
  push(input: Input): Numbered | null {
    if (this.full) return null;
    this.#last += 1;
    const numbered = { seq: this.#last, input };
    this.#waiting.push(numbered);
    return numbered;
  }

  /** Forgets what the server has given to the engine. */
  acknowledge(seq: number): void {
    const first = this.#waiting.findIndex((waiting) => waiting.seq > seq);
    this.#waiting = first < 0 ? [] : this.#waiting.slice(first);
  }

  /** Forgets one input that was refused; those before it may still be under way. */
  drop(seq: number): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.seq !== seq);
  }

  /** What has to be sent again after the same session was resumed at `applied`. */
  resume(applied: number): readonly Numbered[] {
    this.acknowledge(applied);
    return this.#waiting;
  }

  /**
   * Starts over with a session that knows nothing of the former one, which numbers from 1 again. Returns
   * how many inputs are given up: they were meant for a caret position that no longer exists.
   */
  restart(applied: number): number {
    const lost = this.#waiting.length;
    this.#waiting = [];
    this.#last = applied;
    return lost;
  }
}
