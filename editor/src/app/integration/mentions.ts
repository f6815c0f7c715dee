import { signal } from '@preact/signals';
import type { Raise } from '../state/editor.js';
import { fields } from './options.js';

/** Somebody who can be mentioned in a comment. */
export interface Person {
  name: string;
  email: string;
}

/** A name that is being typed. */
export interface Query {
  /** Where its sign is. */
  from: number;
  /** What follows the sign, up to the caret. */
  text: string;
}

const SHOWN = 8;
/** More is no name. */
const LONGEST = 40;

/** Mentions in comments: the application says who there is, and tells those who are mentioned. */
export class Mentions {
  /** Null while the application has not answered. */
  readonly people = signal<readonly Person[] | null>(null);
  readonly #raise: Raise;
  /** Whether the application answers questions for users. */
  readonly #asks: boolean;
  #asked = false;

  constructor(raise: Raise, asks: boolean) {
    this.#raise = raise;
    this.#asks = asks;
  }

  /** Asks who can be mentioned; again only if nobody could be. */
  ask(): void {
    if (this.#asked || !this.#asks) return;
    this.#asked = true;
    this.#raise('onRequestUsers', { c: 'mention' });
  }

  meet(users: readonly unknown[]): void {
    const people = users.flatMap((user) => {
      const { name, email } = fields(user);
      if (typeof email !== 'string' || email === '') return [];
      return [{ email, name: typeof name === 'string' && name !== '' ? name : email }];
    });
    if (people.length === 0) this.#asked = false;
    this.people.value = people;
  }

  /** Who fits to what is being typed. */
  fitting(query: Query | null): readonly Person[] {
    if (query === null) return [];
    const wanted = fold(query.text);
    return (this.people.value ?? [])
      .filter(({ name, email }) => fold(name).includes(wanted) || fold(email).includes(wanted))
      .slice(0, SHOWN);
  }

  /** The addresses of those who are mentioned in a text. */
  emailsIn(text: string): string[] {
    let rest = text;
    const emails = new Set<string>();
    // The longest first: "@Ann Lee" does not mention Ann too.
    const known = (this.people.value ?? [])
      .flatMap(({ name, email }) => [name, email].map((word) => ({ word, email })))
      .sort((one, other) => other.word.length - one.word.length);
    for (const { word, email } of known) {
      const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const left = rest.replace(new RegExp(`[@+]${escaped}(?![\\p{L}\\p{N}])`, 'gu'), '\n');
      if (left !== rest) emails.add(email);
      rest = left;
    }
    return [...emails];
  }
}

/** The name that is being typed before the caret: what follows an `@` or `+` that begins a word. */
export function queryAt(text: string, caret: number): Query | null {
  const before = text.slice(0, caret);
  const from = Math.max(before.lastIndexOf('@'), before.lastIndexOf('+'));
  if (from < 0 || (from > 0 && !/\s/.test(before[from - 1] ?? ''))) return null;
  const typed = before.slice(from + 1);
  return typed.length > LONGEST || typed.includes('\n') ? null : { from, text: typed };
}

/** The text with a person in the place of what was typed, and where the caret is then. */
export function completed(
  text: string,
  { from, text: typed }: Query,
  { name }: Person,
): { text: string; caret: number } {
  const mention = `@${name} `;
  const rest = text.slice(from + 1 + typed.length).replace(/^ /, '');
  return { text: text.slice(0, from) + mention + rest, caret: from + mention.length };
}

/** Small letters without accents, by which names are found. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
