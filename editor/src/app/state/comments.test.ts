import { describe, expect, it } from 'vitest';
import { parseComments, threadsOf } from './comments.js';

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
