import { PARENT_ORIGIN } from '../shared/bridge.js';

const SCRIPT_PATH = '/web-apps/apps/api/documents/api.js';

// Only while the script runs for the first time does the browser say which one it is.
const script = currentScript();

function currentScript(): string {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src !== '') return current.src;
  for (const candidate of Array.from(document.scripts)) {
    if (candidate.src.split(/[?#]/)[0]?.endsWith(SCRIPT_PATH) === true) return candidate.src;
  }
  return '';
}

/** Address of the editor page, on the server that `api.js` came from. */
export function editorUrl(parentOrigin: string, scriptUrl = script): URL {
  if (scriptUrl === '') {
    throw new Error(
      `DocsAPI: the address of the document server is unknown. Load the script from <server>${SCRIPT_PATH}.`,
    );
  }
  const url = new URL('../../editor/index.html', scriptUrl);
  url.searchParams.set(PARENT_ORIGIN, parentOrigin);
  return url;
}
