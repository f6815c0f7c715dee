import { describe, expect, it } from 'vitest';
import { completed, Mentions, queryAt } from './mentions.js';

const raised: [string, unknown][] = [];
const mentions = (asks = true): Mentions =>
  new Mentions((name, data) => raised.push([name, data]), asks);
const PEOPLE = [
  { name: 'Ann', email: 'ann@x.test' },
  { name: 'Ann Lee', email: 'lee@x.test' },
  { name: 'Zoé', email: 'zoe@x.test' },
  { email: 'desk@x.test' },
  { name: 'without an address' },
  7,
];

describe('mentions', () => {
  it('asks once who there is, and again if there was nobody', () => {
    raised.length = 0;
    const one = mentions();
    one.ask();
    one.ask();
    expect(raised).toEqual([['onRequestUsers', { c: 'mention' }]]);
    one.meet([]);
    one.ask();
    expect(raised).toHaveLength(2);
    mentions(false).ask();
    expect(raised).toHaveLength(2);
  });

  it('finds people by any part of their name, without accents, or by address', () => {
    const one = mentions();
    one.meet(PEOPLE);
    const names = (text: string) => one.fitting({ from: 0, text }).map((person) => person.name);
    expect(names('an')).toEqual(['Ann', 'Ann Lee']);
    expect(names('lee')).toEqual(['Ann Lee']);
    expect(names('zoe')).toEqual(['Zoé']);
    expect(names('desk@')).toEqual(['desk@x.test']);
    expect(names('')).toHaveLength(4);
    expect(one.fitting(null)).toEqual([]);
  });

  it('tells whom a text mentions, each once', () => {
    const one = mentions();
    one.meet(PEOPLE);
    expect(one.emailsIn('Ann, see')).toEqual([]);
    expect(one.emailsIn('@Ann Lee and @Ann Lee: see')).toEqual(['lee@x.test']);
    expect(one.emailsIn('@Ann and +zoe@x.test')).toEqual(['zoe@x.test', 'ann@x.test']);
    expect(one.emailsIn('@Annabel, @Ann.')).toEqual(['ann@x.test']);
    expect(one.emailsIn('@Annabel')).toEqual([]);
  });
});

describe('what is being typed', () => {
  it('is a name after a sign that begins a word', () => {
    expect(queryAt('@an', 3)).toEqual({ from: 0, text: 'an' });
    expect(queryAt('Dear +Ann Le', 12)).toEqual({ from: 5, text: 'Ann Le' });
    expect(queryAt('Dear @an and', 8)).toEqual({ from: 5, text: 'an' });
    for (const none of ['ann@x', '1+1', 'Ann', '', '@a\nb', `@${'x'.repeat(50)}`]) {
      expect(queryAt(none, none.length), none).toBeNull();
    }
  });

  it('gives way to the name', () => {
    const query = { from: 5, text: 'an' };
    expect(completed('Dear @an, see', query, { name: 'Ann', email: 'x' })).toEqual({
      text: 'Dear @Ann , see',
      caret: 10,
    });
  });
});
