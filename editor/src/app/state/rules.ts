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
    case 'command':
      return input.name === '.uno:JumpToMark';
    case 'key':
      return input.char === 0 && onlyMoves(input.code);
    default:
      return false;
  }
}

const COMMENT_COMMANDS: ReadonlySet<string> = new Set([
  '.uno:InsertAnnotation',
  '.uno:ReplyComment',
  '.uno:EditAnnotation',
  '.uno:ResolveComment',
  '.uno:DeleteComment',
  '.uno:DeleteNote',
  '.uno:DeleteAnnotation',
]);

/** Whether somebody who may comment, and no more, may send this. */
export function isComment(input: Input): boolean {
  return input.kind === 'command' && COMMENT_COMMANDS.has(input.name);
}

/** Whether somebody who may fill in fields, and no more, may send this. */
export function fillsIn(input: Input): boolean {
  return input.kind === 'fill' || input.kind === 'pick' || input.kind === 'day';
}

/** The values in the engine's answer to a query. */
export function commandValues(values: unknown): Record<string, unknown> | null {
  if (typeof values !== 'object' || values === null) return null;
  const inner = (values as { commandValues?: unknown }).commandValues ?? values;
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : null;
}
