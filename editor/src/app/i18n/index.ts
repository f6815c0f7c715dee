import { fill, language, type Language, type Parameters } from '../../shared/language.js';
import { en, problemsEn, type MessageKey } from './en.js';
import { fr, problemsFr } from './fr.js';

export { language, languageFor } from '../../shared/language.js';
export type { Parameters } from '../../shared/language.js';
export type { MessageKey } from './en.js';

interface Catalogue {
  messages: Readonly<Record<MessageKey, string>>;
  problems: Readonly<Record<string, string>>;
}

export const catalogues: Readonly<Record<Language, Catalogue>> = {
  en: { messages: en, problems: problemsEn },
  fr: { messages: fr, problems: problemsFr },
};

export function translate(key: MessageKey, parameters: Parameters = {}): string {
  return fill(catalogues[language.value].messages[key], parameters, language.value);
}

/** Title for a refusal or failure whose code is known; undefined for others. */
export function problemTitle(code: string): string | undefined {
  return catalogues[language.value].problems[code];
}
