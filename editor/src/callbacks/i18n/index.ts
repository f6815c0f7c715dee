import { fill, language, type Language, type Parameters } from '../../shared/language.js';
import { en, type MessageKey } from './en.js';
import { fr } from './fr.js';

export type { MessageKey } from './en.js';

export const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en,
  fr,
};

export function translate(key: MessageKey, parameters: Parameters = {}): string {
  return fill(catalogues[language.value][key], parameters, language.value);
}
