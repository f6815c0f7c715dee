import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../i18n/index.js';
import { initials } from './participants.js';
import { pageText, summaryText, wordText } from './status-bar.js';

afterEach(() => {
  language.value = 'en';
});

describe('status bar', () => {
  it('says in the language of the editor what the engine says in English', () => {
    expect(wordText('1,234 words, 5,678 characters')).toBe('1,234 words, 5,678 characters');
    language.value = 'fr';
    expect(pageText('Page 2 of 9')).toBe('Page 2 sur 9');
    expect(wordText('Selected: 1 word, 5 characters')).toBe('Sélection : 1 mot, 5 caractères');
  });

  it('has no average where there are no numbers', () => {
    expect(summaryText('Average: ; Sum: 0')).toBe('');
    expect(summaryText('Average: 2; Sum: 6')).toBe('Average: 2; sum: 6');
  });

  it('shows what it does not understand as it is', () => {
    expect(pageText('Seite 2 von 9')).toBe('Seite 2 von 9');
    expect(wordText('')).toBe('');
  });
});

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['grace brewster murray hopper', 'GH'],
    ['Élodie', 'É'],
    ['  ', ''],
    ['日本 太郎', '日太'],
  ])('of %s', (name, expected) => expect(initials(name)).toBe(expected));
});
