import {
  PARENT_ORIGIN,
  isBridgeMessage,
  type Call,
  type FromEditor,
  type PlainConfig,
  type ToEditor,
} from '../shared/bridge.js';

export interface BridgeHandlers {
  config(config: PlainConfig, listeners: readonly string[]): void;
  call(call: Call): void;
  destroy(): void;
}

/** Talks to `api.js` in the page around the editor; only that page, and only at the origin it named. */
export function connectToParent(handlers: BridgeHandlers): (message: FromEditor) => void {
  const origin = parentOrigin(window.location.search);
  const { parent } = window;
  if (origin === null || parent === window) return () => undefined;
  const post = (message: FromEditor): void => parent.postMessage(message, origin);
  let configured = false;
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== parent || event.origin !== origin) return;
    if (!isBridgeMessage(event.data)) return;
    const message = event.data as ToEditor;
    switch (message.recto) {
      case 'config':
        if (configured) return;
        configured = true;
        handlers.config(message.config, message.listeners);
        return;
      case 'call':
        handlers.call(message);
        return;
      case 'destroy':
        handlers.destroy();
    }
  });
  post({ recto: 'ready' });
  return post;
}

/** The origin that the page around the editor gave; null when it gave none that can be one. */
export function parentOrigin(search: string): string | null {
  const named = new URLSearchParams(search).get(PARENT_ORIGIN);
  if (named === null) return null;
  try {
    const url = new URL(named);
    return url.origin === named && url.origin !== 'null' ? named : null;
  } catch {
    return null;
  }
}
