import { describe, expect, it } from 'vitest';
import { parseChanges } from './changes.js';

describe('parseChanges', () => {
  it('reads what the engine tells', () => {
    const change = {
      author: 'Sales\u00a0Ann',
      comment: '',
      dateTime: '2026-11-24T16:04:26',
      description: 'Insert “New ”',
      index: 7,
      textRange: '1418, 1418, 513, 275; 0, 1, 2, 3',
      type: 'Insert',
    };
    const odd = { index: 9, type: 'ParagraphFormat', description: 'Attributes changed' };
    expect(parseChanges({ redlines: [change, odd] })).toEqual([
      {
        id: 7,
        kind: 'insert',
        author: 'Sales Ann',
        at: '2026-11-24T16:04:26',
        text: 'New',
        place: [1418, 1418, 513, 275],
      },
      { id: 9, kind: 'other', author: '', at: '', text: '', place: null },
    ]);
  });

  it('takes what is none for none', () => {
    for (const none of [null, 7, {}, { redlines: 'x' }, { redlines: [null, { index: '1' }] }]) {
      expect(parseChanges(none)).toEqual([]);
    }
  });
});
