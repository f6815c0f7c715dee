import { signal } from '@preact/signals';

export type Language = 'en' | 'fr';
export type Parameters = Readonly<Record<string, string | number>>;

/** The language of the page. */
export const language = signal<Language>('en');

/** The language for a tag such as `fr-CA`; English for those that have no catalogue. */
export function languageFor(tag: unknown): Language {
  return typeof tag === 'string' && /^fr\b/i.test(tag) ? 'fr' : 'en';
}

/** The first of the reader's languages that there is. */
export function languageOf(tags: readonly string[]): Language {
  return languageFor(tags.find((tag) => /^(en|fr)\b/i.test(tag)));
}

/** A text with its `{holes}` filled. */
export function fill(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = parameters[name];
    return value === undefined ? hole : String(value);
  });
}
