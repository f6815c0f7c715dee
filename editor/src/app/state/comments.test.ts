import { describe, expect, it } from 'vitest';
import { findMarked, markOf, parseComments, threadsOf } from './comments.js';

const text = {
  comments: [
    { id: 1, parent: 0, author: 'Sales\u00a0Ann', text: 'First', dateTime: 'x', resolved: 'false' },
    { id: 3, parent: 1, author: 'Bob', text: 'Answer', dateTime: 'x', resolved: 'false' },
    { id: 4, parent: 3, author: 'Ann', text: 'To Bob', dateTime: 'x', resolved: 'true' },
    { id: 2, parent: 0, author: 'Bob', text: 'Second', dateTime: 'x', resolved: 'true' },
  ],
};

describe('parseComments', () => {
  it('reads lists and objects', () => {
    expect(
      parseComments(text).map((one) => [one.id, one.parent, one.author, one.resolved]),
    ).toEqual([
      ['1', '', 'Sales Ann', false],
      ['3', '1', 'Bob', false],
      ['4', '3', 'Ann', true],
      ['2', '', 'Bob', true],
    ]);
    const slides = { comments: { comment1: { id: '7', author: 'Eve', text: 'On a slide' } } };
    expect(parseComments(slides)).toMatchObject([{ id: '7', author: 'Eve', text: 'On a slide' }]);
  });

  it('takes what is none for none', () => {
    for (const odd of [null, 7, {}, { comments: 'x' }, { comments: [null, {}, { id: '' }] }]) {
      expect(parseComments(odd)).toEqual([]);
    }
  });
});

describe('places', () => {
  it('are read where the engine tells of them', () => {
    const [word, cell, odd] = parseComments({
      comments: [
        { id: 1, anchorPos: '2158, 25822, 1, 276' },
        { id: 2, cellPos: '0, 10, 20, 30', tab: 2 },
        { id: 3, anchorPos: 'x, 1' },
      ],
    });
    expect([word?.place, word?.part]).toEqual([[2158, 25822, 1, 276], null]);
    expect([cell?.place, cell?.part]).toEqual([[0, 10, 20, 30], 2]);
    expect(odd?.place).toBeNull();
  });
});

describe('marks', () => {
  const of = (id: number, author: string, dateTime: string, text: string) => ({
    id,
    author,
    dateTime,
    text,
  });
  const [before] = parseComments({
    comments: [of(1, 'Ann', '2026-11-24T15:38:41,185610612', 'Is this true?')],
  });
  const mark = before === undefined ? '' : markOf(before);
  const found = (...comments: object[]) => findMarked(parseComments({ comments }), mark)?.id;

  it('find a comment that has another id and no fractions of a second', () => {
    const other = of(1, 'Ann', '2026-11-24T15:38:40', 'Another');
    expect(found(other, of(9, 'Ann', '2026-11-24T15:38:41', 'Is this true?'))).toBe('9');
  });

  it('find one whose text was changed, or whose time was not kept', () => {
    expect(found(of(9, 'Ann', '2026-11-24T15:38:41', 'Changed'))).toBe('9');
    expect(found(of(9, 'Ann', '', 'Is this  true?'))).toBe('9');
    expect(found(of(8, 'Ann', '', 'Is this true?'), of(9, 'Ann', '2026-11-24T15:38:41', 'x'))).toBe(
      '9',
    );
  });

  it('find no other one', () => {
    expect(found(of(9, 'Bob', '2026-11-24T15:38:41', 'Is this true?'))).toBeUndefined();
    expect(found(of(9, 'Ann', '2026-11-24T15:38:42', 'Is it?'))).toBeUndefined();
    for (const odd of ['', '{}', 'x', '[]', '"7"']) {
      expect(findMarked(before === undefined ? [] : [before], odd)).toBeNull();
    }
  });
});

describe('threadsOf', () => {
  it('puts answers below what they answer', () => {
    const threads = threadsOf(parseComments(text));
    expect(threads.map((one) => [one.comment.id, one.answers.map((answer) => answer.id)])).toEqual([
      ['1', ['3', '4']],
      ['2', []],
    ]);
  });

  it('loses no comment whose parent is hidden, or that answers itself', () => {
    const odd = {
      comments: [
        { id: 1, parent: 9, author: 'A', text: 'a' },
        { id: 2, parent: 2, author: 'A', text: 'b' },
      ],
    };
    expect(threadsOf(parseComments(odd)).map((one) => one.comment.id)).toEqual(['1', '2']);
  });
});
