import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../shared/language.js';
import { expectSameWords } from '../shared/words.testing.js';
import { catalogues, translate } from './i18n/index.js';
import { asText } from './state/report.js';
import { whenWords } from '../shared/when.js';

const { en, fr } = catalogues;

afterEach(() => {
  language.value = 'en';
});

describe('the page’s words', () => {
  it('are there in both languages, with the same holes', () => {
    expectSameWords(en, fr);
  });

  it('are those of the language', () => {
    language.value = 'fr';
    expect(translate('secretNumber', { number: 2 })).toBe('Secret 2');
    expect(translate('rootCause')).toBe('À corriger en premier');
  });
});

describe('times', () => {
  it('are told as a date and as a distance', () => {
    const now = 1_800_000_000;
    expect(whenWords(now - 7300, now, 'en')).toEqual({
      date: '15 Jan 2027, 05:58:20 UTC',
      distance: '2 hours ago',
    });
    expect(whenWords(now + 300, now, 'fr').distance).toBe('dans 5 minutes');
    expect(whenWords(now, now, 'en').distance).toBe('now');
  });
});

describe('findings as text', () => {
  it('are laid out as on the command line', () => {
    const finding = {
      code: 'payload.empty',
      severity: 'fatal',
      message: 'The token’s payload is empty.',
      hint: 'Sign the config.',
      path: 'payload',
      expected: null,
      found: '{}',
      docs: 'payload/empty',
      symptom: '`token:`',
    } as const;
    expect(asText({ kind: 'token', kindWords: 'a token', findings: [finding] })).toBe(
      `This is a token.

fatal: payload.empty
  The token’s payload is empty.
  path      payload
  found     {}
  do        Sign the config.
  read      payload/empty
`,
    );
  });
});
