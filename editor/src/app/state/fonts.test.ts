import { describe, expect, it } from 'vitest';
import { untold } from './fonts.js';

describe('missing fonts', () => {
  const house = { name: 'House Sans', shownAs: 'Carlito' };
  const other = { name: 'Other', shownAs: 'Noto Sans' };

  function memory(content: string | null = null) {
    return {
      getItem: () => content,
      setItem: (_: string, value: string) => void (content = value),
    };
  }

  it('are told of once in a browser', () => {
    const kept = memory();
    expect(untold([house], kept)).toEqual([house]);
    expect(untold([house, other], kept)).toEqual([other]);
    expect(untold([house, other], kept)).toEqual([]);
  });

  it('are told of again where nothing can be remembered', () => {
    expect(untold([house], null)).toEqual([house]);
    expect(untold([house], memory('{'))).toEqual([house]);
    expect(untold([house], memory('5'))).toEqual([house]);
  });
});
