/** What Recto does with a member of the Docs API. */
export type Support =
  /** Works. `only` says which values do; another one is answered by `otherwise`. */
  | {
      readonly is: 'built';
      readonly note?: string;
      readonly only?: (value: unknown) => boolean;
      readonly otherwise?: string;
    }
  /** Needs nothing: what it switches is not there, or is always so. */
  | { readonly is: 'moot'; readonly note: string }
  /** Not there: why not, and what to do. Values in `fine` ask for what happens anyway. */
  | {
      readonly is: 'missing';
      readonly why: string;
      readonly instead: string;
      readonly fine?: readonly unknown[];
    };

export function built(note?: string): Support {
  return note === undefined ? { is: 'built' } : { is: 'built', note };
}

export function builtFor(
  note: string,
  only: (value: unknown) => boolean,
  otherwise: string,
): Support {
  return { is: 'built', note, only, otherwise };
}

export function moot(note: string): Support {
  return { is: 'moot', note };
}

export function missing(why: string, instead: string, fine: readonly unknown[] = []): Support {
  return { is: 'missing', why, instead, fine };
}

/** Why recipients of a mail merge have no use, and what to do. */
export const NO_MERGE = [
  'There is no mail merge: the engine would need a database of recipients, which it has no access to.',
  'Fill a copy of the document for each recipient in your application, and convert it with the conversion service.',
] as const;

/** Why a spreadsheet takes nothing from another one, and what to do. */
export const NO_LINKED_DATA = [
  'A formula cannot take data from another file: the engine opens no file but the document, so that no document can read what its reader may not.',
  'Put the data on a sheet of its own in the spreadsheet, and write it again from your application when it changes.',
] as const;

/** What the console says when somebody uses this; null when there is nothing to say. */
export function remark(support: Support, value?: unknown): string | null {
  switch (support.is) {
    case 'built':
      return support.only === undefined || support.only(value) ? null : (support.otherwise ?? null);
    case 'moot':
      return null;
    case 'missing':
      return support.fine?.includes(value) === true ? null : `${support.why} ${support.instead}`;
  }
}

/** Paths such as `document.info.owner` of everything that a config may hold. Lists are not looked into. */
export type PathsOf<T, Prefix extends string = ''> = T extends
  string | number | boolean | null | undefined | readonly unknown[]
  ? never
  : string extends keyof T
    ? never
    : {
        [K in keyof T & string]-?: `${Prefix}${K}` | PathsOf<NonNullable<T[K]>, `${Prefix}${K}.`>;
      }[keyof T & string];
