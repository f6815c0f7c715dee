import { signal } from '@preact/signals';
import type { RefreshHistoryOptions, SetHistoryDataOptions } from '@onlyoffice/doceditor-types';
import type { Editor, Raise } from '../state/editor.js';
import { fields } from './options.js';

/** Who changed something, and when, in the integrator's own words. */
export interface Change {
  created: string;
  user: string;
}

export interface Version {
  version: number;
  created: string;
  user: string;
  changes: readonly Change[];
}

/** What the integrator told about a version that was picked. */
export interface Picked {
  version: number;
  /** Null until the integrator has answered. */
  data: { fileType?: string } | null;
  error: string | null;
}

/** The list of versions: asked for here, given by the integrator. */
export class History {
  /** The panel is open. */
  readonly open = signal(false);
  /** The newest first; null until the integrator has answered. */
  readonly versions = signal<readonly Version[] | null>(null);
  readonly current = signal<number | null>(null);
  readonly error = signal<string | null>(null);
  readonly picked = signal<Picked | null>(null);
  /** The picked version as a document of its own, to be looked at. */
  readonly shown = signal<Editor | null>(null);
  /** What changed since the version before is to be marked. */
  readonly marks = signal(true);
  /** The integrator gave the version before the picked one. */
  readonly comparable = signal(false);
  readonly #raise: Raise;
  readonly #look: (argument: unknown, marks: boolean) => Editor | null;
  /** What the picked version is opened with. */
  #told: SetHistoryDataOptions | null = null;

  /** `look` opens the version that the argument of `setHistoryData` names. */
  constructor(raise: Raise, look: (argument: unknown, marks: boolean) => Editor | null) {
    this.#raise = raise;
    this.#look = look;
  }

  show(): void {
    this.open.value = true;
    this.versions.value = null;
    this.error.value = null;
    this.#put(null);
    this.#raise('onRequestHistory', undefined);
  }

  close(): void {
    if (!this.open.value) return;
    this.open.value = false;
    this.#put(null);
    this.#raise('onRequestHistoryClose', undefined);
  }

  pick(version: number): void {
    this.#put({ version, data: null, error: null });
    this.#raise('onRequestHistoryData', version);
  }

  /** Without the version's address: an application that is given one fetches it instead of its own copy. */
  restore(): void {
    const picked = this.picked.value;
    if (picked === null) return;
    this.#raise('onRequestRestore', { version: picked.version, ...picked.data });
  }

  /** `refreshHistory`. Integrators also call it when they have restored a version. */
  refresh(options: RefreshHistoryOptions): void {
    const { history, currentVersion, error } = fields(options);
    this.open.value = true;
    this.#put(null);
    this.error.value = typeof error === 'string' && error !== '' ? error : null;
    this.versions.value = Array.isArray(history) ? versionsOf(history) : [];
    this.current.value = numberOf(currentVersion);
  }

  /** `setHistoryData`; what comes for another version than the one picked last is late. */
  tell(options: SetHistoryDataOptions): void {
    const { version, url, fileType, error, previous } = fields(options);
    const picked = this.picked.value;
    if (picked === null) return;
    const failed = typeof error === 'string' && error !== '' ? error : null;
    const about = numberOf(version);
    if (about !== null && about !== picked.version) return;
    const data = failed === null ? { ...(typeof fileType === 'string' && { fileType }) } : null;
    this.#put({ version: picked.version, data, error: failed });
    if (typeof url !== 'string') return;
    this.#told = options;
    this.comparable.value = typeof fields(previous).url === 'string';
    this.shown.value = this.#look(options, this.marks.value);
  }

  /** Marks what changed, or shows the version alone. */
  mark(on: boolean): void {
    this.marks.value = on;
    if (this.#told === null) return;
    this.shown.peek()?.leave();
    this.shown.value = this.#look(this.#told, on);
  }

  /** Leaves the version that is shown. */
  leave(): void {
    this.#put(null);
  }

  #put(picked: Picked | null): void {
    this.shown.peek()?.leave();
    this.shown.value = null;
    this.comparable.value = false;
    this.#told = null;
    this.picked.value = picked;
  }
}

function versionsOf(history: readonly unknown[]): Version[] {
  return history
    .flatMap((item) => {
      const { version, created, user, changes } = fields(item);
      const number = numberOf(version);
      if (number === null) return [];
      return [
        {
          version: number,
          created: textOf(created),
          user: textOf(fields(user).name),
          changes: changesOf(changes),
        },
      ];
    })
    .sort((a, b) => b.version - a.version);
}

/** ONLYOFFICE's own list of changes, which some integrators keep as text. */
function changesOf(changes: unknown): Change[] {
  let list: unknown = changes;
  if (typeof changes === 'string') {
    try {
      list = JSON.parse(changes);
    } catch {
      return [];
    }
  }
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => {
    const { created, user } = fields(item);
    return { created: textOf(created), user: textOf(fields(user).name) };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
