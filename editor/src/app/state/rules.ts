import { onlyMoves } from '../input/keys.js';
import type { Input } from '../live/protocol.js';

/** How the server calls somebody whose name was not signed. */
export const UNNAMED: ReadonlySet<string> = new Set(['', 'Anonymous']);

/** Whether somebody who may only read may send this. */
export function allowedToViewer(input: Input): boolean {
  switch (input.kind) {
    case 'mouse':
    case 'select':
    case 'part':
    case 'area':
      return true;
    case 'key':
      return input.char === 0 && onlyMoves(input.code);
    default:
      return false;
  }
}

/** The values in the engine's answer to a query. */
export function commandValues(values: unknown): Record<string, unknown> | null {
  if (typeof values !== 'object' || values === null) return null;
  const inner = (values as { commandValues?: unknown }).commandValues ?? values;
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : null;
}
