import type { LossPlace } from '../live/protocol.js';
import { language, type Language } from '../../shared/language.js';
import { translate } from './index.js';
import { lossesFr } from './losses.fr.js';
import table from './losses.json';

/** What a kind of loss is called, and what a save does to it. */
export interface LossWords {
  name: string;
  sentence: string;
}

/** The English words are those of the server's own table; a test of the server keeps the file so. */
export const lossesEn: Readonly<Record<string, LossWords>> = table;

export const lossWords: Readonly<Record<Language, Readonly<Record<string, LossWords>>>> = {
  en: lossesEn,
  fr: lossesFr,
};

/** The words of a kind; of one that is unknown here, its code. */
export function wordsOf(kind: string): LossWords {
  const known = lossWords[language.value];
  return Object.hasOwn(known, kind) && known[kind] !== undefined
    ? known[kind]
    : { name: kind.replaceAll('-', ' '), sentence: '' };
}

/** Names that keep their capital inside a sentence. */
const PROPER = /^(Excel|Word|PowerPoint|Office|SmartArt|ActiveX)\b|^\p{Lu}{2}/u;

/** Several kinds within a sentence. */
export function named(kinds: readonly string[]): string {
  return kinds
    .map((kind) => wordsOf(kind).name)
    .map((name) => (PROPER.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1)))
    .join('; ');
}

/** A place, as a reader finds it. */
export function placed(place: LossPlace): string {
  switch (place.in) {
    case 'sheet':
      return translate('lossInSheet', { sheet: place.sheet ?? '' });
    case 'cell':
      return translate('lossInCell', { sheet: place.sheet ?? '', cell: place.cell ?? '' });
    case 'name':
      return translate('lossInName', { name: place.name ?? '' });
    case 'slide':
      return translate('slide', { number: place.number ?? 0 });
    case 'paragraph':
      return translate('lossInParagraph', { words: place.words ?? '' });
    case 'header':
      return translate('lossInHeader');
    case 'footer':
      return translate('lossInFooter');
    case 'note':
      return translate('lossInNote');
    case 'comment':
      return translate('lossInComment');
    case 'master':
      return translate('lossInMaster');
    default:
      return place.in;
  }
}
