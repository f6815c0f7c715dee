// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const good = {
  document: { url: 'http://files.test/1', key: 'k1', fileType: 'docx', title: 'A.docx' },
};

async function load() {
  vi.resetModules();
  // No frame is fetched in these tests.
  vi.doMock('./location.js', () => ({ editorUrl: () => new URL('about:blank') }));
  return import('./index.js');
}

beforeEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
  const placeholder = document.createElement('div');
  placeholder.id = 'here';
  document.body.append(placeholder);
});

afterEach(() => {
  vi.doUnmock('./location.js');
  vi.restoreAllMocks();
});

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

  it('has every method, and each either works or says once why not', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { DocEditor } = await load();
    const { METHODS, UNTYPED_METHODS } = await import('./support/methods.js');
    const editor = new DocEditor('here', good) as unknown as Record<string, (x?: unknown) => void>;
    warn.mockClear();
    for (const [name, { is }] of Object.entries({ ...METHODS, ...UNTYPED_METHODS })) {
      // It asks for an address.
      if (name === 'insertImage' || name === 'refreshFile') continue;
      for (const argument of [undefined, {}]) editor[name]?.(argument);
      expect([name, typeof editor[name], warn.mock.calls.length]).toEqual([
        name,
        'function',
        is === 'missing' ? 1 : 0,
      ]);
      if (is === 'missing') {
        expect(warn.mock.calls[0]?.[0]).toMatch(`DocsAPI.DocEditor: ${name} has no effect. `);
      }
      warn.mockClear();
    }
  });

  it('can be called without new, as ONLYOFFICE’s components do', async () => {
    const { DocEditor } = await load();
    const call = DocEditor as unknown as (id: string, config: unknown) => unknown;
    expect(call('here', good)).toBeInstanceOf(DocEditor);
    expect(DocEditor.version()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(document.querySelector('iframe')?.id).toBe('here');
  });

  it('gives a connector that does nothing and says so', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { DocEditor } = await load();
    const connector = new DocEditor('here', good).createConnector();
    connector.callCommand(() => undefined);
    connector.createWindow().show({});
    expect(warn.mock.calls.map(([text]) => String(text)).join('\n')).toMatchInlineSnapshot(`
      "DocsAPI.DocEditor: createConnector has no effect. There is no connector, because documents are not open to scripts. Change the file in your application, or in the callback.
      DocsAPI.DocEditor: The connector's callCommand has no effect, because there is no connector. Remove the call.
      DocsAPI.DocEditor: The connector's createWindow has no effect, because there is no connector. Remove the call.
      DocsAPI.DocEditor: The connector's show has no effect, because there is no connector. Remove the call."
    `);
  });

  it('names misspelt options and listeners in the console', async () => {
    const said: string[] = [];
    for (const way of ['warn', 'groupCollapsed', 'info', 'groupEnd'] as const) {
      vi.spyOn(console, way).mockImplementation((text?: unknown) =>
        said.push(typeof text === 'string' ? `${way} ${text}` : way),
      );
    }
    const { DocEditor } = await load();
    new DocEditor('here', {
      ...good,
      editorConfig: { costumization: {} },
      events: { onDocumentReddy: () => undefined },
    });
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "groupCollapsed DocsAPI.DocEditor: 2 remarks on the config
      info editorConfig.costumization is not an option of the Docs API. Write editorConfig.customization if that is what is meant.
      info events.onDocumentReddy is not an event of the Docs API. Write events.onDocumentReady if that is what is meant.
      groupEnd"
    `);
    said.length = 0;
    new DocEditor('here', { ...good, editorConfig: { costumization: {} } });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^warn DocsAPI\.DocEditor: editorConfig\.costumization is not/);
  });
});

describe('messages to and from the editor page', () => {
  const open = async (events: object = {}, config: object = good) => {
    const { DocEditor } = await load();
    const editor = new DocEditor('here', { ...config, events });
    const frame = document.querySelector('iframe');
    const sent: { recto: string; name?: string; argument?: unknown }[] = [];
    const contentWindow = { postMessage: (message: (typeof sent)[number]) => sent.push(message) };
    Object.defineProperty(frame, 'contentWindow', { value: contentWindow });
    const say = (data: unknown): void => {
      const message = new MessageEvent('message', { data, origin: 'null' });
      Object.defineProperty(message, 'source', { value: contentWindow });
      window.dispatchEvent(message);
    };
    return { editor, sent, say };
  };

  it('keeps calls until the page is there, behind the config', async () => {
    const { editor, sent, say } = await open();
    editor.showMessage('Early.');
    editor.setFavorite(true);
    expect(sent).toEqual([]);
    say({ recto: 'ready' });
    editor.requestClose();
    expect(sent.map(({ recto, name }) => name ?? recto)).toEqual([
      'config',
      'showMessage',
      'setFavorite',
      'requestClose',
    ]);
  });

  it('gives the config to code that asks for it', async () => {
    const onInfo = vi.fn<(event: { data: { mode: string; getConfig(): unknown } }) => void>();
    const { say } = await open({ onInfo });
    say({ recto: 'event', name: 'onInfo', data: { mode: 'edit' } });
    const data = onInfo.mock.calls[0]?.[0].data;
    expect(data?.mode).toBe('edit');
    expect(data?.getConfig()).toMatchObject(good);
  });

  it('says once what a config of a new version repeats, and refuses a bad one', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const config = { ...good, editorConfig: { lang: 'de' } };
    const { editor, sent, say } = await open({}, config);
    say({ recto: 'ready' });
    editor.refreshFile({ ...config, document: { ...good.document, key: 'k2' } });
    editor.refreshFile({ document: {} });
    expect(warn).toHaveBeenCalledOnce();
    expect(sent.map(({ name }) => name)).toEqual([undefined, 'refreshFile']);
    expect(error.mock.calls[0]?.[0]).toMatchInlineSnapshot(
      `"DocsAPI.DocEditor: refreshFile: document.url: The config has no document.url. Set document.url to the address from which the document server can fetch the file."`,
    );
  });

  it('calls the former name of an event too', async () => {
    const onReady = vi.fn();
    const { say } = await open({ onReady });
    say({ recto: 'event', name: 'onAppReady', data: undefined });
    expect(onReady).toHaveBeenCalledOnce();
  });

  it('fetches pictures for the editor, and says what it could not get', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.stubGlobal('fetch', (address: string) =>
      address.includes('logo')
        ? Promise.resolve(new Response(new Blob(['<svg/>'], { type: 'image/svg+xml' })))
        : Promise.reject(new TypeError('blocked')),
    );
    const customization = { logo: { image: 'http://a.test/logo.svg' }, loaderLogo: '/other?key=1' };
    const { sent, say } = await open({}, { ...good, editorConfig: { customization } });
    say({ recto: 'ready' });
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    expect(sent[1]).toMatchObject({
      name: 'picture',
      argument: { address: 'http://a.test/logo.svg', data: 'data:image/svg+xml;base64,PHN2Zy8+' },
    });
    expect(warn.mock.calls[0]?.[0]).toMatchInlineSnapshot(
      `"DocsAPI.DocEditor: A picture is not shown. Its server could not be reached, or does not let this page read it. Serve it from this page’s origin, or with the header Access-Control-Allow-Origin."`,
    );
    vi.unstubAllGlobals();
  });

  it('hands on a second document by either name', async () => {
    const { editor, sent, say } = await open();
    say({ recto: 'ready' });
    const file = { fileType: 'docx', url: 'http://a.test/b.docx', token: 't' };
    editor.setRequestedDocument({ c: 'combine', ...file } as never);
    editor.setRevisedFile(file);
    expect(sent.slice(-2)).toMatchObject([
      {
        name: 'takeDocument',
        argument: { method: 'setRequestedDocument', options: { c: 'combine' } },
      },
      { name: 'takeDocument', argument: { method: 'setRevisedFile', options: file } },
    ]);
  });

  it('inserts pictures that the engine can read', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const files: Record<string, string> = {
      page: '<!doctype html><p>Log in',
      svg: '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      gif: 'GIF89a…',
    };
    vi.stubGlobal('fetch', (address: string) =>
      Promise.resolve(new Response(new Blob([files[address] ?? '']))),
    );
    const { editor, sent, say } = await open();
    say({ recto: 'ready' });
    editor.insertImage({
      c: 'add',
      images: Object.keys(files).map((url) => ({ fileType: 'png', url })),
    });
    const inserted = () => sent.filter(({ name }) => name === 'insertImage');
    await vi.waitFor(() => expect(inserted()).toHaveLength(2));
    // By their content, whatever they are called.
    expect(inserted().map(({ argument }) => (argument as Blob).type)).toEqual([
      'image/svg+xml',
      'image/gif',
    ]);
    expect(warn.mock.calls[0]?.[0]).toMatchInlineSnapshot(
      `"DocsAPI.DocEditor: insertImage: a picture was not inserted. It is no picture that can be inserted. Give a PNG, JPEG, GIF, BMP, TIFF, WebP or SVG file."`,
    );
    vi.unstubAllGlobals();
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
