// @vitest-environment happy-dom
import { h, render } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../i18n/index.js';
import type { Failed, Refused } from '../live/protocol.js';
import { ProblemPanel } from './problem.js';

const refused: Refused = {
  type: 'refused',
  code: 'payload.missing_field',
  message: 'The payload has no document.url.',
  hint: 'Sign it.',
  path: 'document.url',
  expected: 'an address',
  found: 'nothing',
  docs: 'payload/missing-field',
  editorError: -20,
  general: false,
  request: '4k7m2q9x1w3z',
};

function shown(problem: Refused | Failed): HTMLElement {
  const root = document.createElement('div');
  render(h(ProblemPanel, { problem }), root);
  return root;
}

function text(root: HTMLElement, id: string): string | undefined {
  return root.querySelector(`[data-testid="${id}"]`)?.textContent?.trim();
}

afterEach(() => {
  language.value = 'en';
});

describe('a refused opening', () => {
  it('shows all that the server tells, and the reference', () => {
    const root = shown(refused);
    expect(text(root, 'refusal-reference')).toBe('4k7m2q9x1w3z');
    expect(text(root, 'refusal-path')).toBe('document.url');
    expect(text(root, 'refusal-message')).toBe('The payload has no document.url.');
    expect(text(root, 'refusal-docs')).toBe('docs/refusals/payload/missing-field');
  });

  it('says it for everybody, in their language, where the server keeps details to itself', () => {
    language.value = 'fr';
    const root = shown({
      ...refused,
      general: true,
      message: 'The document can’t be opened, because its token was refused.',
      hint: 'Tell the administrator.',
      path: null,
      expected: null,
      found: null,
      docs: '',
    });
    expect(text(root, 'refusal-title')).toBe('Ce document n’a pas été ouvert');
    expect(text(root, 'refusal-message')).toBe(
      'Le document ne peut pas être ouvert : son jeton d’accès a été refusé.',
    );
    expect(text(root, 'refusal-code')).toBe('payload.missing_field');
    expect(text(root, 'refusal-reference')).toBe('4k7m2q9x1w3z');
    for (const none of ['refusal-path', 'refusal-expected', 'refusal-found', 'refusal-docs']) {
      expect(text(root, none)).toBeUndefined();
    }
  });
});

describe('a document that LibreOffice does not open', () => {
  const failed: Failed = {
    type: 'failed',
    code: 'open.crashed',
    message: 'LibreOffice cannot open this document.',
    hint: 'Save it again.',
    editorError: -82,
    fatal: true,
    general: false,
    ways: [
      { kind: 'pdf', of: 'stored', url: 'http://x.test/base/a.pdf?sig=1', fileType: 'pdf' },
      { kind: 'file', of: 'original', url: 'http://x.test/base/a.docx?sig=2', fileType: 'docx' },
    ],
  };

  it('is offered as what there is of it, at the address of this page', () => {
    const root = shown(failed);
    const ways = [...root.querySelectorAll('[data-testid="problem-ways"] a')];
    expect(ways.map((way) => way.getAttribute('href'))).toEqual([
      '/base/a.pdf?sig=1',
      '/base/a.docx?sig=2',
    ]);
    expect(text(root, 'problem-ways')).toContain('as it was stored last; for reading only');
    expect(text(root, 'way-file')).toBe('Download the original (DOCX)');
    language.value = 'fr';
    expect(text(shown(failed), 'way-file')).toBe('Télécharger l’original (DOCX)');
  });

  it('is offered as nothing where there is nothing', () => {
    expect(text(shown({ ...failed, ways: [] }), 'problem-ways')).toBeUndefined();
  });
});
