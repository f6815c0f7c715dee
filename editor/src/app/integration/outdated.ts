import type { Raise } from '../state/editor.js';

/** What the Docs API calls a key whose version was saved already. */
const OUTDATED = -102;

/**
 * Tells of an outdated version as the application wants to hear it: it gives a new config when it listens to
 * `onRequestRefreshFile`; else it gets the error, and the event of former times.
 */
export function withOutdated(
  raise: Raise,
  listeners: readonly string[],
  /** The application was asked for a new config. */
  asked: () => void,
): Raise {
  return (name, data) => {
    if (codeOf(data) !== OUTDATED) {
      raise(name, data);
    } else if (listeners.includes('onRequestRefreshFile')) {
      asked();
      raise('onRequestRefreshFile', undefined);
    } else {
      raise(name, data);
      raise('onOutdatedVersion', undefined);
    }
  };
}

function codeOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null) return null;
  const { errorCode, warningCode } = data as { errorCode?: number; warningCode?: number };
  return errorCode ?? warningCode ?? null;
}
