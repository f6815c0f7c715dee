import { computed, signal } from '@preact/signals';
import type { Attempt, Failure, List, Server } from './server.js';

/** How often the list renews itself, in milliseconds. */
const PACE = 5000;
/** Callbacks that make the application store a file. */
const STORING: readonly number[] = [2, 6];

export type Replay =
  | { state: 'asking'; id: string }
  | { state: 'sending'; id: string }
  | { state: 'sent'; id: string; attempt: Attempt }
  | { state: 'failed'; id: string; failure: Failure };

/** What the page shows, and its one writer. */
export class Board {
  readonly list = signal<List | null>(null);
  readonly failure = signal<Failure | null>(null);
  readonly refreshed = signal<number | null>(null);
  readonly key = signal('');
  readonly failuresOnly = signal(false);
  readonly open = signal<string | null>(null);
  readonly replay = signal<Replay | null>(null);

  /** The callbacks that were chosen. */
  readonly shown = computed<readonly Attempt[]>(() => {
    const key = this.key.value.trim();
    return (this.list.value?.callbacks ?? []).filter(
      (attempt) =>
        (key === '' || attempt.key.includes(key)) &&
        (!this.failuresOnly.value || attempt.outcome !== 'taken'),
    );
  });

  #refreshing = false;

  constructor(
    private readonly server: Server,
    private readonly now: () => number = Date.now,
  ) {}

  /** Renews the list from now on, while somebody can see it. */
  watch(): void {
    void this.refresh();
    setInterval(() => {
      if (document.visibilityState === 'visible') void this.refresh();
    }, PACE);
  }

  async refresh(): Promise<void> {
    if (this.#refreshing) return;
    this.#refreshing = true;
    const result = await this.server.list();
    this.#refreshing = false;
    if (result.ok) {
      this.list.value = result.value;
      this.failure.value = null;
      this.refreshed.value = this.now();
    } else {
      this.failure.value = result.failure;
    }
  }

  toggle(id: string): void {
    this.open.value = this.open.value === id ? null : id;
  }

  /** Sends one again, after a question if the application stores a file by it. */
  async send(attempt: Attempt, confirmed = false): Promise<void> {
    if (this.replay.value?.state === 'sending') return;
    const { id } = attempt;
    if (STORING.includes(attempt.status) && !confirmed) {
      this.replay.value = { state: 'asking', id };
      return;
    }
    this.replay.value = { state: 'sending', id };
    const result = await this.server.replay(id);
    this.replay.value = result.ok
      ? { state: 'sent', id, attempt: result.value }
      : { state: 'failed', id, failure: result.failure };
    await this.refresh();
  }

  cancel(): void {
    if (this.replay.value?.state === 'asking') this.replay.value = null;
  }
}
