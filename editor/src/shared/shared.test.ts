import { describe, expect, it } from 'vitest';
import { docsPlace } from './docs.js';
import { languageOf } from './language.js';

describe('documentation', () => {
  it('has a place for an anchor', () => {
    expect(docsPlace('payload/empty')).toEqual({
      text: 'docs/refusals/payload/empty',
      url: '/docs/refusals/payload/empty',
    });
  });

  it('has none for anything else', () => {
    for (const text of ['', 'payload', '../x', 'a/b/c', 'javascript:alert(1)/x', 'a/<b>']) {
      expect(docsPlace(text)).toBeNull();
    }
  });
});

describe('the language of a reader', () => {
  it('is the first that there is', () => {
    expect(languageOf(['de', 'fr-CA', 'en'])).toBe('fr');
    expect(languageOf(['en-GB', 'fr'])).toBe('en');
    expect(languageOf(['de'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});
