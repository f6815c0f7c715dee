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

  /** Forgets one input that was refused, and gives it; those before it may still be under way. */
  drop(seq: number): Input | undefined {
    const dropped = this.#waiting.find((waiting) => waiting.seq === seq);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== dropped);
    return dropped?.input;
  }

  /** The ids of the cuts that the server has not confirmed. */
  cuts(): number[] {
    return this.#waiting.flatMap(({ input }) => (input.kind === 'cut' ? [input.id] : []));
  }

  /** What has to be sent again after the same session was resumed at `applied`. */
  resume(applied: number): readonly Numbered[] {
    this.acknowledge(applied);
    return this.#waiting;
  }

  /**
   * Starts over with a view that is new to the server: `before` brings it where the former one was, then
   * comes what was not applied. Everything is numbered again, on from `applied`.
   */
  restart(applied: number, before: readonly Input[]): readonly Numbered[] {
    const inputs = [...before, ...this.#waiting.map((waiting) => waiting.input)];
    this.#waiting = inputs.map((input, index) => ({ seq: applied + 1 + index, input }));
    this.#last = applied + inputs.length;
    return this.#waiting;
  }
}
