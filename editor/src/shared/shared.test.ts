import { describe, expect, it } from 'vitest';
import { catalogues as app } from '../app/i18n/index.js';
import { catalogues as callbacks } from '../callbacks/i18n/index.js';
import { catalogues as token } from '../token/i18n/index.js';
import { docsBase, docsPlace } from './docs.js';
import { fill, languageOf } from './language.js';

describe('documentation', () => {
  it('has a place for an anchor', () => {
    expect(docsPlace('payload/empty')).toEqual({
      text: 'docs/refusals/payload/empty',
      url: '/docs/refusals/payload/empty',
    });
  });

  it('is where the server is', () => {
    expect(docsBase('/token/')).toBe('/docs');
    expect(docsBase('/office/token/')).toBe('/office/docs');
    expect(docsBase('/office/web-apps/apps/editor/index.html')).toBe('/office/docs');
    expect(docsBase('/')).toBe('/docs');
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

describe('a text', () => {
  const text = '{count} {count:one=change|other=changes} of {who}';

  it('has the form that its language has for a number', () => {
    const said = (count: number) => fill(text, { count, who: 'Ann' }, 'en');
    expect([0, 1, 2, 1234].map(said)).toEqual([
      '0 changes of Ann',
      '1 change of Ann',
      '2 changes of Ann',
      '1,234 changes of Ann',
    ]);
    expect([0, 1, 2].map((count) => fill('{count:one=mot|other=mots}', { count }, 'fr'))).toEqual([
      'mot',
      'mot',
      'mots',
    ]);
  });

  it('keeps numbers that count nothing as they are, and what it has no value for', () => {
    expect(fill('Version {version}', { version: 1234 }, 'en')).toBe('Version 1234');
    expect(fill(text, {}, 'en')).toBe(text);
  });

  it('has a form for every number in every catalogue', () => {
    const all = [app.en.messages, app.fr.messages, token.en, token.fr, callbacks.en, callbacks.fr];
    let found = 0;
    for (const [, forms = ''] of all
      .flatMap((catalogue) => Object.values(catalogue))
      .flatMap((one) => [...one.matchAll(/\{\w+:([^}]*)\}/g)])) {
      found += 1;
      const categories = forms.split('|').map((form) => form.split('=')[0]);
      expect([forms, categories]).toEqual([forms, ['one', 'other']]);
    }
    expect(found).toBeGreaterThan(8);
  });
});
