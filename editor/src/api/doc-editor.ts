import type { DocEditor as DocEditorApi } from '@onlyoffice/doceditor-types';
import { isBridgeMessage, type FromEditor, type ToEditor } from '../shared/bridge.js';
import { editorUrl } from './location.js';
import { showProblem } from './problem.js';
import { checkConfig, listenersOf } from './validate.js';

type Listener = (this: DocEditor, event: { target: DocEditor; data: unknown }) => void;

/** Methods of the Docs API that Recto does not have. They throw instead of doing nothing. */
const UNAVAILABLE = [
  'createConnector',
  'denyEditingRights',
  'downloadAs',
  'insertImage',
  'refreshFile',
  'refreshHistory',
  'setActionLink',
  'setFavorite',
  'setHistoryData',
  'setMailMergeRecipients',
  'setReferenceData',
  'setReferenceSource',
  'setRequestedDocument',
  'setRequestedSpreadsheet',
  'setRevisedFile',
  'setSharingSettings',
  'setUsers',
  'showMessage',
  'showSharingSettings',
  'startFilling',
] as const;

const UNKNOWN_ERROR = -1;
/** How long the editor may take to say goodbye to the server before its frame goes. */
const FAREWELL_MS = 200;

/** An editor in the integrator's page. */
export class DocEditor implements Pick<DocEditorApi, 'destroyEditor' | 'requestClose'> {
  #element: HTMLElement | null = null;
  #placeholder: HTMLElement | null = null;
  #frame: HTMLIFrameElement | null = null;
  readonly #listeners: Readonly<Record<string, unknown>>;
  #origin = '';
  #greet: (() => void) | null = null;

  /**
   * Replaces the element with this id by the editor.
   *
   * A config that cannot be used is reported in the element's place and by `onError`.
   */
  constructor(placeholderId: string, config: unknown) {
    this.#listeners = listenersOf(config) as Readonly<Record<string, unknown>>;
    const placeholder = document.getElementById(placeholderId);
    if (placeholder === null) {
      throw new Error(
        `DocsAPI.DocEditor: there is no element with the id "${placeholderId}". ` +
          'Create the editor after the element, for example at the end of the body.',
      );
    }
    this.#placeholder = placeholder;
    const size = sizeOf(config);
    const checked = checkConfig(config, randomKey);
    if (!checked.ok) {
      const panel = showProblem(checked.problem, size);
      this.#replace(placeholder, panel);
      const { path, message, hint } = checked.problem;
      console.error(`DocsAPI.DocEditor: ${path}: ${message} ${hint}`);
      // After the constructor returns, so that a listener may use the editor it is about.
      queueMicrotask(() =>
        this.#raise('onError', {
          errorCode: UNKNOWN_ERROR,
          errorDescription: `${message} ${hint}`,
        }),
      );
      return;
    }
    for (const warning of checked.warnings) console.warn(`DocsAPI.DocEditor: ${warning}`);

    const url = editorUrl(window.location.origin);
    this.#origin = url.origin;
    const frame = document.createElement('iframe');
    frame.src = url.href;
    frame.name = 'frameEditor';
    frame.title = checked.config.document?.title ?? 'Recto';
    frame.allow = 'clipboard-read; clipboard-write; fullscreen';
    frame.width = size.width;
    frame.height = size.height;
    frame.style.border = '0';
    frame.style.width = cssLength(size.width);
    frame.style.height = cssLength(size.height);
    frame.style.display = 'block';
    this.#frame = frame;
    this.#greet = () => {
      this.#post({ recto: 'config', config: checked.config, listeners: checked.listeners });
    };
    window.addEventListener('message', this.#receive);
    this.#replace(placeholder, frame);
  }

  /** Version of the Docs API that this follows; connectors refuse to work with an old one. */
  static version(): string {
    return '9.3.0';
  }

  /** Removes the editor and puts the placeholder back. */
  destroyEditor(): void {
    const frame = this.#frame;
    window.removeEventListener('message', this.#receive);
    this.#post({ recto: 'destroy' });
    this.#frame = null;
    const element = this.#element;
    const placeholder = this.#placeholder;
    this.#element = null;
    if (element === null || placeholder === null) return;
    if (frame === null) {
      element.replaceWith(placeholder);
      return;
    }
    // The frame's document dies with its removal: it first has to tell the server that the user left.
    frame.removeAttribute('id');
    frame.style.display = 'none';
    frame.before(placeholder);
    setTimeout(() => frame.remove(), FAREWELL_MS);
  }

  /** Asks the editor to close; `onRequestClose` follows when nothing is on its way any more. */
  requestClose(): void {
    this.#post({ recto: 'requestClose' });
  }

  #replace(placeholder: HTMLElement, element: HTMLElement): void {
    element.id = placeholder.id;
    placeholder.replaceWith(element);
    this.#element = element;
  }

  #post(message: ToEditor): void {
    this.#frame?.contentWindow?.postMessage(message, this.#origin);
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#frame?.contentWindow || event.origin !== this.#origin) return;
    if (!isBridgeMessage(event.data)) return;
    const message = event.data as FromEditor;
    if (message.recto === 'ready') this.#greet?.();
    else this.#raise(message.name, message.data);
  };

  #raise(name: string, data: unknown): void {
    const listener = this.#listeners[name];
    if (typeof listener === 'function') (listener as Listener).call(this, { target: this, data });
  }
}

for (const name of UNAVAILABLE) {
  Object.defineProperty(DocEditor.prototype, name, {
    value: (): never => {
      throw new Error(
        `DocsAPI.DocEditor: ${name} is not available in Recto. Remove the call, or check the documentation for what is.`,
      );
    },
  });
}

function sizeOf(config: unknown): { width: string; height: string } {
  const { width, height } = (config ?? {}) as { width?: unknown; height?: unknown };
  const text = (value: unknown): string =>
    typeof value === 'number' || (typeof value === 'string' && value !== '')
      ? String(value)
      : '100%';
  return { width: text(width), height: text(height) };
}

/** A bare number is a length in pixels, as in the attributes of an iframe. */
function cssLength(length: string): string {
  return /^\d+$/.test(length) ? `${length}px` : length;
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
