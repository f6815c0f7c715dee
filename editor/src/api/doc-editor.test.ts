// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const good = {
  document: { url: 'http://files.test/1', key: 'k1', fileType: 'docx', title: 'A.docx' },
};

async function load() {
  vi.resetModules();
  return import('./index.js');
}

beforeEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
  const placeholder = document.createElement('div');
  placeholder.id = 'here';
  document.body.append(placeholder);
});

afterEach(() => vi.restoreAllMocks());

describe('DocEditor', () => {
  it('throws for an element that is not there', async () => {
    const { DocEditor } = await load();
    expect(() => new DocEditor('nowhere', good)).toThrow('no element with the id "nowhere"');
  });

  it('says what is wrong with the config in the place of the editor', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { DocEditor } = await load();
    const onError = vi.fn();
    const editor = new DocEditor('here', { document: { key: 'k' }, events: { onError } });
    const panel = document.getElementById('here');
    expect(panel?.getAttribute('role')).toBe('alert');
    expect(panel?.textContent).toContain('The config has no document.url.');
    await Promise.resolve();
    expect(onError).toHaveBeenCalledWith({
      target: editor,
      data: expect.objectContaining({ errorCode: -1 }) as unknown,
    });
    editor.destroyEditor();
    expect(document.getElementById('here')?.getAttribute('role')).toBeNull();
  });

  it('throws for methods that Recto does not have', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { DocEditor } = await load();
    const editor = new DocEditor('here', {}) as unknown as Record<string, () => void>;
    expect(() => editor.createConnector?.()).toThrow('createConnector is not available in Recto');
  });
});

describe('address of the editor page', () => {
  it('follows that of the script', async () => {
    const { editorUrl } = await import('./location.js');
    const script = 'https://docs.test/office/web-apps/apps/api/documents/api.js?v=1';
    expect(editorUrl('https://app.test', script).href).toBe(
      'https://docs.test/office/web-apps/apps/editor/index.html?parentOrigin=https%3A%2F%2Fapp.test',
    );
  });

  it('is an error when the script is unknown', async () => {
    const { editorUrl } = await import('./location.js');
    expect(() => editorUrl('https://app.test', '')).toThrow('address of the document server');
  });
});
