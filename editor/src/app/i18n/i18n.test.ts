import { afterEach, describe, expect, it } from 'vitest';
import { catalogues, language, languageFor, problemTitle, translate } from './index.js';

const { en, fr } = catalogues;

afterEach(() => {
  language.value = 'en';
});

describe('catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(fr.messages).sort()).toEqual(Object.keys(en.messages).sort());
    expect(Object.keys(fr.problems).sort()).toEqual(Object.keys(en.problems).sort());
  });

  it('have no empty text', () => {
    for (const text of [...Object.values(fr.messages), ...Object.values(fr.problems)]) {
      expect(text.trim()).not.toBe('');
    }
  });

  it('have the same holes in a text', () => {
    const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [key, text] of Object.entries(en.messages)) {
      expect([key, holes(fr.messages[key as keyof typeof fr.messages])]).toEqual([
        key,
        holes(text),
      ]);
    }
  });
});

describe('translation', () => {
  it('fills holes', () => {
    expect(translate('slideOf', { current: 2, count: 9 })).toBe('Slide 2 of 9');
    language.value = 'fr';
    expect(translate('slideOf', { current: 2, count: 9 })).toBe('Diapositive 2 sur 9');
  });

  it('is French for French tags and English for others', () => {
    expect(['fr', 'fr-CA', 'FR', 'de', 'fry', undefined, 7].map(languageFor)).toEqual([
      'fr',
      'fr',
      'fr',
      'en',
      'en',
      'en',
      'en',
    ]);
  });

  it('has no title for an unknown code', () => {
    expect(problemTitle('token.signature')).toBeDefined();
    expect(problemTitle('something.new')).toBeUndefined();
  });
});
