import { computed, signal } from '@preact/signals';
import type { Ask, Outcome, Purpose, Question } from './ask.js';
import { findToken } from './decode.js';

/** Milliseconds without a change after which the server is asked. */
const PAUSE = 200;

/** The header and the empty payload with which a config that became `{}` is sent. */
export const EXAMPLE =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo';

export interface SecretField {
  id: number;
  value: string;
}

/** What was pasted, and what the server says of it. Nothing of it is kept anywhere. */
export class Workbench {
  readonly input = signal('');
  readonly purpose = signal<Purpose | null>(null);
  readonly secrets = signal<readonly SecretField[]>([{ id: 0, value: '' }]);
  readonly outcome = signal<Outcome>({ state: 'idle' });
  /** Whether the outcome is older than what was pasted. */
  readonly busy = signal(false);
  /** The first token in what was pasted. */
  readonly token = computed(() => findToken(this.input.value));

  readonly #ask: Ask;
  readonly #pause: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;
  #lastId = 0;

  constructor(ask: Ask, pause = PAUSE) {
    this.#ask = ask;
    this.#pause = pause;
  }

  setInput(text: string): void {
    this.input.value = text;
    this.#changed();
  }

  setPurpose(purpose: Purpose | null): void {
    this.purpose.value = purpose;
    this.#changed();
  }

  addSecret(): number {
    this.#lastId += 1;
    this.secrets.value = [...this.secrets.value, { id: this.#lastId, value: '' }];
    return this.#lastId;
  }

  setSecret(id: number, value: string): void {
    this.secrets.value = this.secrets.value.map((field) =>
      field.id === id ? { id, value } : field,
    );
    this.#changed();
  }

  /** Removes a field, or empties it when it is the only one. */
  removeSecret(id: number): void {
    const others = this.secrets.value.filter((field) => field.id !== id);
    this.secrets.value = others.length > 0 ? others : [{ id, value: '' }];
    this.#changed();
  }

  clear(): void {
    this.purpose.value = null;
    this.setInput('');
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    const question = this.#question();
    if (question.input.trim() === '') {
      this.busy.value = false;
      this.outcome.value = { state: 'idle' };
      return;
    }
    this.busy.value = true;
    this.#timer = setTimeout(() => void this.#run(question), this.#pause);
  }

  #question(): Question {
    return {
      input: this.input.value,
      secrets: this.secrets.value.map((field) => field.value).filter((value) => value !== ''),
      purpose: this.purpose.value,
    };
  }

  async #run(question: Question): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    let outcome: Outcome;
    try {
      outcome = await this.#ask(question, controller.signal);
    } catch {
      outcome = { state: 'failed', failure: 'unreachable' };
    }
    // A newer question was asked meanwhile: this is the answer to another.
    if (this.#running !== controller) return;
    this.#running = null;
    this.busy.value = false;
    this.outcome.value = outcome;
  }
}
