import { computed, signal } from '@preact/signals';
import type { Input, Loss, Losses } from '../live/protocol.js';
import { allowedToViewer } from './rules.js';
import type { EditorState } from './state.js';

/** Changes that wait for the answer; further ones are not taken. */
const HELD = 50;
/** Kinds that are remembered of a user. */
const KINDS = 200;
/** What the server calls a user whose id was not signed: they are somebody else each time. */
const NOBODY = /^(uid-|$)/;

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

/**
 * Holds changes back until the user has read what a save would lose, and chosen. Which kinds they have
 * accepted is remembered in their browser, so that each is asked about once.
 */
export class LossGuard {
  readonly #state: EditorState;
  readonly #memory: Memory | null;
  #user = '';
  #held: (() => void)[] = [];
  #once: (() => void)[] = [];
  readonly #losses = signal<Losses | null>(null);
  /** Codes of kinds that this user has accepted. */
  readonly #accepted = signal<ReadonlySet<string>>(new Set());
  /** The user has tried to change something, and is to be asked. */
  readonly asked = signal(false);

  /** Everything that a save would lose, and under which rule; null if that is nothing. */
  readonly losses = computed(() => this.#losses.value);
  /** What the line speaks of. */
  readonly told = computed<readonly Loss[]>(() => {
    const all = this.#losses.value?.losses ?? [];
    return all.filter((loss) => loss.rank !== 'later');
  });
  /** What the user has not accepted yet. */
  readonly open = computed<readonly Loss[]>(() =>
    this.told.value.filter((loss) => !this.#accepted.value.has(loss.kind)),
  );

  constructor(state: EditorState, memory: Memory | null = browserMemory()) {
    this.#state = state;
    this.#memory = memory;
  }

  /** The document is open, or open again. */
  opened(user: string, losses: Losses | null): void {
    this.#user = user;
    this.#accepted.value = new Set([...this.#accepted.value, ...this.#remembered()]);
    this.#losses.value = losses;
  }

  /** Whether the document is for reading by the rule of the server or the application. */
  get heldByRule(): boolean {
    return this.#losses.value?.held === true;
  }

  /** Whether the user is still to choose before they change anything. */
  get undecided(): boolean {
    return (
      this.#losses.value?.rule === 'tell' &&
      this.open.value.length > 0 &&
      (this.#state.editable || this.#state.fills || this.#state.commentable)
    );
  }

  /** Keeps a change until the user has chosen, and asks; false if it need not wait. */
  holds(change: () => void): boolean {
    if (!this.undecided) return false;
    if (this.#held.length < HELD) this.#held.push(change);
    this.asked.value = true;
    return true;
  }

  /** Makes a change that nobody has asked for here as soon as one may be made. */
  onceDecided(change: () => void): void {
    if (this.undecided) this.#once.push(change);
    else change();
  }

  /** Whether an input may change the document. */
  changes(input: Input): boolean {
    if (!allowedToViewer(input)) return true;
    // What is selected is moved or resized by being dragged.
    return input.kind === 'mouse' && input.action === 'down' && this.#grabs(input.x, input.y);
  }

  #grabs(x: number, y: number): boolean {
    const graphic = this.#state.graphic.value;
    if (graphic === null) return false;
    const [left, top, width, height] = graphic;
    // Its handles reach a little beyond it.
    const rim = this.#state.tileTwips.value / 16;
    return x >= left - rim && x <= left + width + rim && y >= top - rim && y <= top + height + rim;
  }

  /** The user edits all the same: what was held back is carried out. */
  edit(): void {
    this.#accepted.value = new Set([
      ...this.#accepted.value,
      ...this.told.value.map((loss) => loss.kind),
    ]);
    this.#remember();
    this.asked.value = false;
    this.#state.reading.value = false;
    for (const change of [...this.#once.splice(0), ...this.#held.splice(0)]) change();
  }

  /** The user reads only, until they choose otherwise. */
  read(): void {
    this.#state.reading.value = true;
    this.later();
  }

  /** The question is put off: it comes back with the next change. */
  later(): void {
    this.#held = [];
    this.asked.value = false;
  }

  get #key(): string {
    return `recto.losses.${this.#user}`;
  }

  #remembered(): string[] {
    if (NOBODY.test(this.#user)) return [];
    try {
      const kinds: unknown = JSON.parse(this.#memory?.getItem(this.#key) ?? '[]');
      return Array.isArray(kinds) ? kinds.filter((kind) => typeof kind === 'string') : [];
    } catch {
      return [];
    }
  }

  #remember(): void {
    if (NOBODY.test(this.#user)) return;
    const kinds = [...new Set([...this.#remembered(), ...this.#accepted.value])].slice(-KINDS);
    try {
      this.#memory?.setItem(this.#key, JSON.stringify(kinds));
    } catch {
      // Without a memory the question comes again.
    }
  }
}

/** Null where a page in a frame may not remember anything. */
export function browserMemory(): Memory | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
