import { signal } from '@preact/signals';
import { en, problemsEn, type MessageKey } from './en.js';
import { fr, problemsFr } from './fr.js';

export type { MessageKey } from './en.js';
export type Parameters = Readonly<Record<string, string | number>>;
export type Language = 'en' | 'fr';

interface Catalogue {
  messages: Readonly<Record<MessageKey, string>>;
  problems: Readonly<Record<string, string>>;
}

export const catalogues: Readonly<Record<Language, Catalogue>> = {
  en: { messages: en, problems: problemsEn },
  fr: { messages: fr, problems: problemsFr },
};

export const language = signal<Language>('en');

/** The language for a tag such as `fr-CA`; English for those that have no catalogue. */
export function languageFor(tag: unknown): Language {
  return typeof tag === 'string' && /^fr\b/i.test(tag) ? 'fr' : 'en';
}

export function translate(key: MessageKey, parameters: Parameters = {}): string {
  return catalogues[language.value].messages[key].replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = parameters[name];
    return value === undefined ? hole : String(value);
  });
}

/** Title for a refusal or failure whose code is known; undefined for others. */
export function problemTitle(code: string): string | undefined {
  return catalogues[language.value].problems[code];
}
