import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { remarksOnConfig, remarksOnEvents } from './check.js';
import { CONFIG, OWN_CONFIG, UNTYPED_CONFIG, type ConfigPath } from './config.js';
import type { Support } from './entry.js';
import { EVENTS, UNTYPED_EVENTS } from './events.js';
import { METHODS, UNTYPED_METHODS } from './methods.js';
import { distance, nearest } from './nearest.js';
import { page } from './page.js';

const PAGE = resolve(import.meta.dirname, '../../../../docs/reference/docs-api.md');

function listed(table: Readonly<Record<string, Support>>): string {
  return Object.entries(table)
    .map(([name, { is }]) => `${is.padEnd(7)} ${name}`)
    .sort()
    .join('\n');
}

describe('the table', () => {
  it('has every option of the published types', () => {
    expectTypeOf<'document.info.owner'>().toExtend<ConfigPath>();
    expectTypeOf<'editorConfig.customization.layout.toolbar.file.save'>().toExtend<ConfigPath>();
    expectTypeOf<'editorConfig.customisation'>().not.toExtend<ConfigPath>();
  });

  it.each([
    ['methods', { ...METHODS, ...UNTYPED_METHODS }],
    ['events', { ...EVENTS, ...UNTYPED_EVENTS }],
    ['options', { ...CONFIG, ...OWN_CONFIG, ...UNTYPED_CONFIG }],
  ])('of %s', (_, table) => expect(listed(table)).toMatchSnapshot());

  it('is the page docs/reference/docs-api.md', () => {
    if (process.env.RECTO_WRITE_DOCS === '1') writeFileSync(PAGE, page());
    expect(readFileSync(PAGE, 'utf8')).toBe(page());
  });

  it('speaks in sentences', () => {
    const all = [
      METHODS,
      UNTYPED_METHODS,
      EVENTS,
      UNTYPED_EVENTS,
      CONFIG,
      OWN_CONFIG,
      UNTYPED_CONFIG,
    ];
    for (const support of all.flatMap((table) => Object.values<Support>(table))) {
      const texts =
        support.is === 'missing' ? [support.why, support.instead] : [support.note ?? 'It works.'];
      for (const text of texts) expect(text).toMatch(/^[A-Z“`‘].*\.$/);
    }
  });
});

describe('a config', () => {
  it('that asks for what there is gets no remark', () => {
    expect(
      remarksOnConfig({
        document: { url: 'u', key: 'k', permissions: { edit: true, comment: true } },
        documentType: 'word',
        editorConfig: {
          lang: 'fr-CA',
          mode: 'edit',
          user: { id: '1', name: 'N' },
          coEditing: { mode: 'fast', change: false },
          customization: { macros: false, plugins: false, autosave: true, zoom: 120 },
        },
        token: 't',
        iat: 1,
        events: {},
      }),
    ).toEqual([]);
  });

  it('is told what is misspelt, in a wrong place, unknown, or without effect', () => {
    const config = {
      document: { url: 'u', titel: 'T', permision: {}, lang: 'de' },
      editorconfig: {},
      permissions: { edit: true },
      editorConfig: {
        lang: 'de',
        coEditing: { mode: 'strict' },
        customization: { goBack: {}, autoSave: true, macros: true, zebra: 1, about: undefined },
        recent: [{ anything: 1 }],
      },
      document2: null,
    };
    expect(remarksOnConfig(config).join('\n')).toMatchInlineSnapshot(`
      "document.titel is not an option of the Docs API. Write document.title if that is what is meant.
      document.permision is not an option of the Docs API. Write document.permissions if that is what is meant.
      document.lang is not an option of the Docs API. Write editorConfig.lang if that is what is meant.
      editorconfig is not an option of the Docs API. Write editorConfig if that is what is meant.
      permissions is not an option of the Docs API. Write document.permissions if that is what is meant.
      editorConfig.lang: The editor speaks English and French; this one is in English. Set lang to "en" or "fr".
      editorConfig.coEditing.mode has no effect. Everybody sees every change at once; there is no strict mode. Set coEditing.mode to "fast", or remove it.
      editorConfig.customization.goBack is not an option of the Docs API. Write editorConfig.customization.goback if that is what is meant.
      editorConfig.customization.autoSave is not an option of the Docs API. Write editorConfig.customization.autosave if that is what is meant.
      editorConfig.customization.macros has no effect. Macros are never run. Set the option to false.
      editorConfig.customization.zebra is not an option of the Docs API. Remove it."
    `);
  });

  it('does not take members of every object for options', () => {
    expect(remarksOnConfig({ constructor: 1, toString: 2 })).toHaveLength(2);
  });
});

describe('listeners', () => {
  it('that are never called are named', () => {
    const names = [
      'onAppReady',
      'onRequestMailMergeRecipients',
      'onDocumentRedy',
      'onSomethingElse',
      'onReady',
    ];
    expect(remarksOnEvents(names).join('\n')).toMatchInlineSnapshot(`
      "events.onRequestMailMergeRecipients is never called. There is no mail merge: the engine would need a database of recipients, which it has no access to. Fill a copy of the document for each recipient in your application, and convert it with the conversion service.
      events.onDocumentRedy is not an event of the Docs API. Write events.onDocumentReady if that is what is meant.
      events.onSomethingElse is not an event of the Docs API. Remove it."
    `);
  });
});

describe('the nearest name', () => {
  it('is found through misspellings', () => {
    const known = ['customization', 'callbackUrl', 'user', 'lang'];
    expect(
      ['customisation', 'callbackURL', 'usr', 'langauge', 'x', 'zoom'].map((name) =>
        nearest(name, known),
      ),
    ).toEqual(['customization', 'callbackUrl', 'user', null, null, null]);
  });

  it('counts letters', () => {
    expect([
      distance('', 'abc'),
      distance('kitten', 'sitting'),
      distance('titel', 'title'),
    ]).toEqual([3, 3, 1]);
  });
});
