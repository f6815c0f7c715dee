import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Call, PlainConfig } from '../shared/bridge.js';
import { App } from './app.js';
import { connectToParent } from './bridge.js';
import { language, languageFor } from './i18n/index.js';
import { Integration, Pictures } from './integration/integration.js';
import { optionsOf } from './integration/options.js';
import { withOutdated } from './integration/outdated.js';
import { liveUrl } from './live/connection.js';
import { Editor, type Raise } from './state/editor.js';
import './styles/index.css';

const root = document.getElementById('root');
const { dataset } = document.documentElement;
dataset.state = 'connecting';

/** The document that is open, and what it is told from around it. */
let open: { editor: Editor; host: Integration; stop: () => void } | null = null;
let listeners: readonly string[] = [];
const pictures = new Pictures();

const post = connectToParent({
  config(config, names) {
    listeners = names;
    raise('onAppReady', undefined);
    start(config);
  },
  call,
  destroy: leave,
});
window.addEventListener('pagehide', leave);
// What has not reached the server yet would be lost without a word.
window.addEventListener('beforeunload', (event) => {
  if (open !== null && open.editor.state.unacknowledged.value > 0) event.preventDefault();
});
// A page that the browser kept has left its document.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});

function leave(): void {
  open?.host.history.leave();
  open?.editor.leave();
}

function call(message: Call): void {
  if (message.name === 'picture') pictures.add(message.argument.address, message.argument.data);
  else if (message.name === 'refreshFile') start(message.argument);
  else open?.host.take(message);
}

/** Opens a document, in the place of the one that is open. */
function start(config: PlainConfig): void {
  if (root === null) return;
  open?.stop();
  language.value = languageFor(config.editorConfig?.lang);
  document.documentElement.lang = language.value;
  document.title = config.document?.title ?? 'Recto';
  const page = document.referrer === '' ? undefined : document.referrer;
  const options = optionsOf(config, listeners, page);
  if (options.theme === null) delete dataset.theme;
  else dataset.theme = options.theme;
  const editor = new Editor(
    liveUrl(new URL(window.location.href), config.document?.key ?? ''),
    config,
    // An embedded document is there to be read, whatever else its reader may do.
    { readOnly: options.embedded, guest: options.guest },
    withOutdated(raise, listeners, () => open?.host.awaitRefresh()),
  );
  editor.state.startZoom = options.zoom;
  const host = new Integration(editor, config, listeners, raise, pictures, page);
  const stops = [
    effect(() => {
      dataset.state = editor.state.phase.value;
    }),
    effect(() => {
      const { title } = editor.state.document.value ?? {};
      if (title !== undefined) document.title = title;
    }),
    host.watchPeople(),
    host.watchStart(),
    host.watchLosses(),
  ];
  open = {
    editor,
    host,
    stop: () => {
      for (const stop of stops) stop();
      host.history.leave();
      editor.leave();
      // Nothing of the former document stays in the page.
      render(null, root);
    },
  };
  render(<App editor={editor} host={host} />, root);
  editor.open();
}

function raise(...[name, data]: Parameters<Raise>): void {
  post({ recto: 'event', name, data } as Parameters<typeof post>[0]);
}
