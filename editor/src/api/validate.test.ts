import { describe, expect, it } from 'vitest';
import { checkConfig } from './validate.js';

const good = {
  document: { url: 'http://files.test/1', key: 'k1', fileType: 'docx', title: 'A.docx' },
  documentType: 'word',
  token: 'abc',
};
const check = (config: unknown) => checkConfig(config, () => 'random');
const problemOf = (config: unknown): string | null => {
  const checked = check(config);
  return checked.ok ? null : checked.problem.path;
};
const configOf = (config: unknown) => {
  const checked = check(config);
  if (!checked.ok) throw new Error(checked.problem.message);
  return checked;
};

describe('config', () => {
  it('passes as it is', () => {
    expect(configOf(good)).toEqual({ ok: true, config: good, listeners: [], warnings: [] });
  });

  it.each([
    ['config', undefined],
    ['config', 'text'],
    ['document', {}],
    ['document.url', { document: { key: 'k', fileType: 'docx' } }],
    ['document.url', { document: { ...good.document, url: '' } }],
    ['document.url', { document: { ...good.document, url: 5 } }],
    ['document.key', { document: { ...good.document, key: 12 } }],
    ['document.fileType', { document: { url: 'http://x', key: 'k' } }],
    ['document.fileType', { document: { ...good.document, fileType: 1 } }],
  ])('is refused for %s', (path, config) => expect(problemOf(config)).toBe(path));

  it('that refers to itself is refused', () => {
    const config: Record<string, unknown> = { ...good };
    config.self = config;
    expect(problemOf(config)).toBe('config');
  });

  it('gets a key of its own when it has none', () => {
    const checked = configOf({ document: { ...good.document, key: undefined } });
    expect(checked.config.document?.key).toBe('random');
    expect(checked.warnings).toHaveLength(1);
  });

  it('gets file type and title from what is there', () => {
    expect(
      configOf({ document: { url: 'http://x', key: 'k' }, documentType: 'cell' }).config.document,
    ).toMatchObject({ fileType: 'xlsx', title: 'Unnamed.xlsx' });
    expect(
      configOf({ document: { ...good.document, fileType: 'DOCX' } }).config.document?.fileType,
    ).toBe('docx');
  });

  it('has a user id as text', () => {
    const checked = configOf({ ...good, editorConfig: { user: { id: 7, name: 'N' } } });
    expect(checked.config.editorConfig?.user?.id).toBe('7');
    expect(checked.warnings).toHaveLength(1);
  });

  it('leaves permissions alone: absent stays absent', () => {
    expect(configOf(good).config.document).not.toHaveProperty('permissions');
  });

  it('loses its functions but keeps the names of the listeners', () => {
    const checked = configOf({ ...good, events: { onAppReady: () => undefined, onError: null } });
    expect(checked.config).not.toHaveProperty('events');
    expect(checked.listeners).toEqual(['onAppReady']);
  });

  it('of the integrator is not changed', () => {
    const config = { document: { ...good.document, fileType: 'DOCX' } };
    check(config);
    expect(config.document.fileType).toBe('DOCX');
  });
});
