import { afterEach, describe, expect, it } from 'vitest';
import { language } from './index.js';
import { lossesEn, lossWords, named, placed, wordsOf } from './losses.js';

afterEach(() => {
  language.value = 'en';
});

describe('kinds of losses', () => {
  it.each(Object.entries(lossWords))('are those of the table in %s', (_, words) => {
    expect(Object.keys(words).sort()).toEqual(Object.keys(lossesEn).sort());
  });

  it.each(Object.entries(lossWords))('have a name and a sentence in %s', (_, words) => {
    for (const kind of Object.keys(lossesEn)) {
      expect([kind, words[kind]?.name.trim()]).not.toEqual([kind, '']);
      expect([kind, words[kind]?.name]).toEqual([kind, expect.stringMatching(/[^.]$/)]);
      expect([kind, words[kind]?.sentence]).toEqual([kind, expect.stringMatching(/^\S.*\.$/)]);
    }
  });

  it('are named within a sentence', () => {
    expect(named(['macros', 'slicers'])).toMatch(/^macros; slicers/);
    language.value = 'fr';
    expect(named(['signatures'])).toBe('signatures numériques');
    expect(named(['diagram'])).toMatch(/^SmartArt dans un classeur/);
  });

  it('that are not known here are told by their codes', () => {
    expect(wordsOf('left-handed-mouse')).toEqual({ name: 'left handed mouse', sentence: '' });
    expect(wordsOf('constructor').sentence).toBe('');
  });
});

describe('places', () => {
  const all = [
    { in: 'sheet', sheet: 'Plan' },
    { in: 'cell', sheet: 'Plan', cell: 'B4' },
    { in: 'name', name: 'Rate' },
    { in: 'slide', number: 3 },
    { in: 'paragraph', words: 'In the beginning' },
    ...['header', 'footer', 'note', 'comment', 'master', 'orbit'].map((name) => ({ in: name })),
  ];

  it('are told as a reader finds them', () => {
    expect(all.map(placed)).toMatchInlineSnapshot(`
      [
        "Sheet Plan",
        "Plan, cell B4",
        "Name Rate",
        "Slide 3",
        "Paragraph “In the beginning…”",
        "Header",
        "Footer",
        "Footnote or endnote",
        "Comment",
        "Slide master or layout",
        "orbit",
      ]
    `);
    language.value = 'fr';
    expect(all.map(placed)).toMatchInlineSnapshot(`
      [
        "Feuille Plan",
        "Plan, cellule B4",
        "Nom Rate",
        "Diapositive 3",
        "Paragraphe « In the beginning… »",
        "En-tête",
        "Pied de page",
        "Note de bas de page ou de fin",
        "Commentaire",
        "Masque ou disposition de diapositive",
        "orbit",
      ]
    `);
  });
});
