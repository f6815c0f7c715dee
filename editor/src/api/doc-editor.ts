import type {
  Connector,
  DocEditor as DocEditorApi,
  InsertImageOptions,
  RefreshHistoryOptions,
  SetHistoryDataOptions,
  SetRequestedDocumentOptions,
  SetSharingSettingsOptions,
  SetUsersOptions,
} from '@onlyoffice/doceditor-types';
import {
  isBridgeMessage,
  type EditorMethodName,
  type EditorMethods,
  type FromEditor,
  type ToEditor,
} from '../shared/bridge.js';
import { inertConnector } from './connector.js';
import { cssLength, sizeOf } from './frame.js';
import { editorUrl } from './location.js';
import { fetchInserted, Pictures, picturesIn, reason } from './pictures.js';
import { showProblem } from './problem.js';
import { remarksOnConfig, remarksOnEvents } from './support/check.js';
import { remark } from './support/entry.js';
import { METHODS, UNTYPED_METHODS, type UntypedMethod } from './support/methods.js';
import { checkConfig, listenersOf } from './validate.js';

type Listener = (this: DocEditor, event: { target: DocEditor; data: unknown }) => void;

const UNKNOWN_ERROR = -1;
/** How long the editor may take to say goodbye to the server before its frame goes. */
const FAREWELL_MS = 200;

/** An editor in the integrator's page. */
export class DocEditor implements DocEditorApi {
  #element: HTMLElement | null = null;
  #placeholder: HTMLElement | null = null;
  #frame: HTMLIFrameElement | null = null;
  readonly #listeners: Readonly<Record<string, unknown>>;
  #origin = '';
  #greet: (() => void) | null = null;
  #config: unknown;
  /** What was called before the editor page was there. */
  #early: ToEditor[] | null = [];
  readonly #said = new Set<string>();
  readonly #pictures = new Pictures(
    (address, data) => this.#call('picture', { address, data }),
    (text) => warn(text),
  );

  /**
   * Replaces the element with this id by the editor.
   *
   * A config that cannot be used is reported in the element's place and by `onError`.
   */
  constructor(placeholderId: string, config: unknown) {
    this.#config = config;
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
    this.#remark([
      ...checked.warnings,
      ...remarksOnConfig(checked.config),
      ...remarksOnEvents(checked.listeners),
    ]);

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
      this.#send({ recto: 'config', config: checked.config, listeners: checked.listeners });
      const early = this.#early ?? [];
      this.#early = null;
      for (const message of early) this.#send(message);
    };
    window.addEventListener('message', this.#receive);
    this.#replace(placeholder, frame);
    this.#pictures.want(picturesIn(checked.config));
  }

  /** Version of the Docs API that this follows; connectors refuse to work with an old one. */
  static version(): string {
    return '9.3.0';
  }

  /** Nothing needs it: the editor page is small, and the browser keeps it. */
  static warmUp(): void {
    // Integrators call it ahead of time.
  }

  /** Removes the editor and puts the placeholder back. */
  destroyEditor(): void {
    const frame = this.#frame;
    window.removeEventListener('message', this.#receive);
    this.#send({ recto: 'destroy' });
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
    this.#call('requestClose', undefined);
  }

  /** Makes the page one for reading, and says why. */
  denyEditingRights(message?: string): void {
    this.#call('denyEditingRights', typeof message === 'string' && message !== '' ? message : null);
  }

  showMessage(message: string): void {
    this.#call('showMessage', String(message));
  }

  /** Opens another version of the file in the same editor. */
  refreshFile(config: unknown): void {
    const checked = checkConfig(config, randomKey);
    if (!checked.ok) {
      const { path, message, hint } = checked.problem;
      console.error(`DocsAPI.DocEditor: refreshFile: ${path}: ${message} ${hint}`);
      return;
    }
    this.#remark([...checked.warnings, ...remarksOnConfig(checked.config)]);
    this.#config = config;
    this.#call('refreshFile', checked.config);
    this.#pictures.want(picturesIn(checked.config));
  }

  /** Shows the list of versions. */
  refreshHistory(options: RefreshHistoryOptions): void {
    this.#call('refreshHistory', options);
  }

  /** Tells about the version that was picked. */
  setHistoryData(options: SetHistoryDataOptions): void {
    this.#call('setHistoryData', options);
  }

  setFavorite(favorite: boolean): void {
    this.#call('setFavorite', favorite);
  }

  setSharingSettings(options: SetSharingSettingsOptions): void {
    const settings = options?.sharingSettings;
    this.#call('setSharingSettings', Array.isArray(settings) ? settings : []);
  }

  showSharingSettings(): void {
    this.#call('showSharingSettings', undefined);
  }

  setUsers(options: SetUsersOptions): void {
    this.#call('setUsers', options);
    const users = options?.users;
    this.#pictures.want(Array.isArray(users) ? users.map((user) => user?.image) : []);
  }

  /**
   * Inserts pictures at the caret, in their order. With a token the server fetches what it signs; without
   * one the page does.
   */
  insertImage(options: InsertImageOptions): void {
    if (typeof options?.token === 'string' && options.token !== '') {
      this.#call('insertSigned', options);
      return;
    }
    const addresses = Array.isArray(options?.images)
      ? options.images.map((image) => image?.url)
      : [options?.url];
    const wanted = addresses.filter((one): one is string => typeof one === 'string' && one !== '');
    if (wanted.length === 0) warn('insertImage got no address. Give images[].url.');
    void (async () => {
      for (const address of wanted) {
        try {
          this.#call('insertImage', await fetchInserted(address));
        } catch (error) {
          warn(`insertImage: a picture was not inserted. ${reason(error)}`);
        }
      }
    })();
  }

  /** The former way to take the right to edit away. */
  applyEditRights(allowed: boolean, message?: string): void {
    if (!allowed) this.denyEditingRights(message);
  }

  processRightsChange(allowed: boolean, message?: string): void {
    this.applyEditRights(allowed, message);
  }

  grabFocus(): void {
    this.#frame?.focus();
    this.#call('focus', true);
  }

  blurFocus(): void {
    this.#call('focus', false);
    this.#frame?.blur();
  }

  createConnector(): Connector {
    this.#without('createConnector');
    return inertConnector(warn);
  }

  /** Has a copy made; onDownloadAs tells its address. */
  downloadAs(format?: string): void {
    this.#call('downloadAs', typeof format === 'string' && format !== '' ? format : null);
  }

  /** The address that leads to the place of `onMakeActionLink`. */
  setActionLink(link: string): void {
    this.#call('setActionLink', String(link));
  }

  setMailMergeRecipients(): void {
    this.#without('setMailMergeRecipients');
  }

  setReferenceData(): void {
    this.#without('setReferenceData');
  }

  setReferenceSource(): void {
    this.#without('setReferenceSource');
  }

  /** Gives the document that was asked for: to compare with, to combine, or to insert. */
  setRequestedDocument(options: SetRequestedDocumentOptions): void {
    this.#call('takeDocument', { method: 'setRequestedDocument', options });
  }

  setRequestedSpreadsheet(): void {
    this.#without('setRequestedSpreadsheet');
  }

  /** The former way to give the document to compare with. */
  setRevisedFile(options: Parameters<DocEditorApi['setRevisedFile']>[0]): void {
    this.#call('takeDocument', { method: 'setRevisedFile', options });
  }

  startFilling(): void {
    this.#without('startFilling');
  }

  /** Says once why a method has no effect. @internal */
  without(name: UntypedMethod): void {
    this.#without(name);
  }

  #without(name: keyof DocEditorApi | UntypedMethod): void {
    const text = remark({ ...METHODS, ...UNTYPED_METHODS }[name]);
    if (text !== null) this.#remark([`${name} has no effect. ${text}`]);
  }

  /** Says each thing once, and several in one line that can be opened: most are no fault of the page's. */
  #remark(texts: readonly string[]): void {
    const fresh = texts.filter((text) => !this.#said.has(text));
    for (const text of fresh) this.#said.add(text);
    if (fresh.length < 2) {
      fresh.forEach(warn);
      return;
    }
    console.groupCollapsed(`DocsAPI.DocEditor: ${fresh.length} remarks on the config`);
    for (const text of fresh) console.info(text);
    console.groupEnd();
  }

  #replace(placeholder: HTMLElement, element: HTMLElement): void {
    element.id = placeholder.id;
    placeholder.replaceWith(element);
    this.#element = element;
  }

  #call<N extends EditorMethodName>(name: N, argument: EditorMethods[N]): void {
    const call = { recto: 'call', name, argument } as ToEditor;
    if (this.#early === null) this.#send(call);
    else this.#early.push(call);
  }

  #send(message: ToEditor): void {
    try {
      this.#frame?.contentWindow?.postMessage(message, this.#origin);
    } catch {
      // Functions and elements cannot be cloned; a method never throws.
      const name = message.recto === 'call' ? message.name : message.recto;
      warn(`${name} got something that is not plain data. Pass text, numbers, lists and objects.`);
    }
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#frame?.contentWindow || event.origin !== this.#origin) return;
    if (!isBridgeMessage(event.data)) return;
    const message = event.data as FromEditor;
    if (message.recto === 'ready') {
      this.#greet?.();
      return;
    }
    this.#raise(
      message.name,
      // The config itself, with what cannot be cloned.
      message.name === 'onInfo' ? { ...message.data, getConfig: () => this.#config } : message.data,
    );
    if (message.name === 'onAppReady') this.#raise('onReady', undefined);
  };

  #raise(name: string, data: unknown): void {
    const listener = this.#listeners[name];
    if (typeof listener === 'function') (listener as Listener).call(this, { target: this, data });
  }
}

for (const [name, support] of Object.entries(UNTYPED_METHODS)) {
  if (name in DocEditor.prototype) continue;
  Object.defineProperty(DocEditor.prototype, name, {
    value(this: DocEditor): void {
      if (support.is === 'missing') this.without(name as UntypedMethod);
    },
  });
}

function warn(text: string): void {
  console.warn(`DocsAPI.DocEditor: ${text}`);
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
