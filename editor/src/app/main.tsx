import { effect } from '@preact/signals';
import { render } from 'preact';
import type { PlainConfig } from '../shared/bridge.js';
import { App } from './app.js';
import { connectToParent } from './bridge.js';
import { language, languageFor } from './i18n/index.js';
import { liveUrl } from './live/connection.js';
import type { HeaderOptions } from './panels/header.js';
import { Editor } from './state/editor.js';
import './styles/index.css';

const root = document.getElementById('root');
const { dataset } = document.documentElement;
dataset.state = 'connecting';
let editor: Editor | null = null;

const post = connectToParent({
  config: start,
  requestClose: () => editor?.requestClose(),
  destroy: leave,
});
window.addEventListener('pagehide', leave);
// What has not reached the server yet would be lost without a word.
window.addEventListener('beforeunload', (event) => {
  if (editor !== null && editor.state.unacknowledged.value > 0) event.preventDefault();
});
// A page that the browser kept has left its document.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});

function leave(): void {
  editor?.leave();
}

function start(config: PlainConfig, listeners: readonly string[]): void {
  if (root === null) return;
  language.value = languageFor(config.editorConfig?.lang);
  document.documentElement.lang = language.value;
  document.title = config.document?.title ?? 'Recto';
  const opened = new Editor(
    liveUrl(new URL(window.location.href), config.document?.key ?? ''),
    config,
    // An embedded document is there to be read, whatever else its reader may do.
    { readOnly: config.type === 'embedded' },
    (name, data) => post({ recto: 'event', name, data } as Parameters<typeof post>[0]),
  );
  editor = opened;
  effect(() => {
    dataset.state = opened.state.phase.value;
  });
  effect(() => {
    const { title } = opened.state.document.value ?? {};
    if (title !== undefined) document.title = title;
  });
  render(<App editor={opened} options={headerOptions(opened, config, listeners)} />, root);
  post({ recto: 'event', name: 'onAppReady', data: undefined });
  opened.open();
}

function headerOptions(
  opened: Editor,
  config: PlainConfig,
  listeners: readonly string[],
): HeaderOptions {
  const customization = config.editorConfig?.customization as
    { goback?: GoBack | boolean; close?: { visible?: boolean } | boolean } | undefined;
  const closable = listeners.includes('onRequestClose');
  const close = customization?.close;
  const closeVisible =
    closable && close !== false && (typeof close !== 'object' || close.visible !== false);
  const goback = customization?.goback;
  const target = typeof goback === 'object' ? goback : {};
  const back = (): (() => void) | null => {
    if (listeners.includes('onRequestBack')) return () => opened.requestBack();
    if (target.requestClose === true && closable) return () => opened.requestClose();
    const url = webAddress(target.url);
    if (url === null) return null;
    // In a frame "the same tab" is the page around the editor.
    return () => void window.open(url, target.blank === false ? '_top' : '_blank', 'noopener');
  };
  return {
    back: back(),
    backLabel: typeof target.text === 'string' && target.text !== '' ? target.text : null,
    closable: closeVisible,
  };
}

interface GoBack {
  url?: unknown;
  text?: unknown;
  blank?: unknown;
  requestClose?: unknown;
}

/** Keeps `javascript:` and the like out of what a click opens. */
function webAddress(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  try {
    const url = new URL(value, document.referrer === '' ? undefined : document.referrer);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}
