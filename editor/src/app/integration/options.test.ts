import { describe, expect, it } from 'vitest';
import type { PlainConfig } from '../../shared/bridge.js';
import { optionsOf, type Options } from './options.js';

const read = (config: unknown, listeners: string[] = []): Options =>
  optionsOf(config as PlainConfig, listeners, 'http://app.test/files/');
const customized = (customization: unknown, listeners: string[] = []): Options =>
  read({ editorConfig: { customization } }, listeners);

describe('options', () => {
  it('show what is usual, and nothing that the application does not answer', () => {
    expect(read({})).toMatchObject({
      toolbar: true,
      statusBar: true,
      menu: true,
      people: true,
      help: true,
      close: null,
      back: null,
      rename: false,
      history: false,
      create: null,
      feedback: null,
      theme: null,
      zoom: null,
    });
  });

  it('survive any shape', () => {
    for (const wrong of [null, 1, 'x', [], [{}], true]) {
      expect(() =>
        read({
          document: wrong,
          editorConfig: { customization: wrong, recent: wrong, embedded: wrong },
        }),
      ).not.toThrow();
      expect(() =>
        customized({
          goback: wrong,
          close: wrong,
          logo: wrong,
          customer: wrong,
          layout: wrong,
          zoom: wrong,
        }),
      ).not.toThrow();
    }
  });

  it('hide what the layout hides', () => {
    expect(
      customized({
        layout: {
          toolbar: { insert: false, file: false },
          header: { users: false },
          statusBar: false,
        },
        toolbarHideFileName: true,
      }),
    ).toMatchObject({
      toolbar: true,
      insert: false,
      menu: false,
      people: false,
      statusBar: false,
      title: false,
    });
    expect(customized({ layout: { toolbar: false } }).toolbar).toBe(false);
  });

  it('close only where the application listens', () => {
    const close = { visible: true, text: 'Done' };
    expect(customized({ close }).close).toBeNull();
    expect(customized({ close }, ['onRequestClose']).close).toEqual({ label: 'Done' });
    expect(customized({ close: { visible: false } }, ['onRequestClose']).close).toBeNull();
    expect(customized({ goback: { requestClose: true } }, ['onRequestClose']).back?.ask).toBe(
      'close',
    );
  });

  it('have one history, of two listeners', () => {
    expect(read({}, ['onRequestHistory']).history).toBe(false);
    expect(read({}, ['onRequestHistory', 'onRequestHistoryData']).history).toBe(true);
  });

  it('offer only places of the web, from the page that names them', () => {
    const options = read({
      editorConfig: {
        createUrl: 'javascript:alert(1)',
        recent: [{ title: 'A', url: 'a.html', folder: 'F' }, { url: 'data:text/html,x' }, null],
        customization: { feedback: { visible: true, url: '/feedback' } },
      },
    });
    expect(options.create).toBeNull();
    expect(options.recent).toEqual([
      { title: 'A', url: 'http://app.test/files/a.html', note: 'F', image: null },
    ]);
    expect(options.feedback).toBe('http://app.test/feedback');
  });

  it('know light from dark and percent from width', () => {
    const themes = ['theme-dark', 'default-light', 'theme-night', 'theme-system', 'x', 7];
    expect(themes.map((uiTheme) => customized({ uiTheme }).theme)).toEqual([
      'dark',
      'light',
      'dark',
      null,
      null,
      null,
    ]);
    expect([120, -1, -2, 0, '90'].map((zoom) => customized({ zoom }).zoom)).toEqual([
      1.2,
      'width',
      'width',
      null,
      null,
    ]);
  });

  it('have links of an embedded document for that type alone', () => {
    const editorConfig = { embedded: { saveUrl: '/save', toolbarDocked: 'bottom' } };
    expect(read({ editorConfig }).embedding.save).toBeNull();
    expect(read({ type: 'embedded', editorConfig })).toMatchObject({
      embedded: true,
      bottom: true,
      embedding: { save: 'http://app.test/save' },
    });
  });
});
