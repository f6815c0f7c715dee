import type { ServerMessage } from './protocol.js';

const TYPES: ReadonlySet<string> = new Set<ServerMessage['type']>([
  'progress',
  'password',
  'opened',
  'refused',
  'failed',
  'notice',
  'ack',
  'denied',
  'participants',
  'invalidate',
  'size',
  'title',
  'save',
  'clipboard',
  'values',
  'session',
  'pong',
  'caret',
  'caretVisible',
  'selection',
  'peerCaret',
  'peerCaretVisible',
  'peerSelection',
  'peerCell',
  'peerGraphic',
  'graphic',
  'cell',
  'cellArea',
  'cellFormula',
  'cellAddress',
  'state',
  'pointer',
  'link',
  'part',
  'headers',
  'comments',
  'field',
  'fields',
  'download',
  'inserted',
  'taken',
  'rights',
  'chat',
  'commandResult',
  'dialog',
]);

/**
 * Reads a text frame. Null for a message of a kind unknown here, which a newer server may send, and for
 * anything that is not a message at all; the members come from our own server and are trusted to fit.
 */
export function decodeMessage(frame: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  const { type } = value;
  return typeof type === 'string' && TYPES.has(type) ? (value as ServerMessage) : null;
}

export interface TileFrame {
  part: number;
  tileTwips: number;
  tilePixels: number;
  column: number;
  row: number;
  /** Document version at which it was painted. */
  version: number;
  png: Uint8Array<ArrayBuffer>;
}

const HEADER = 24;
const KIND_TILE = 1;

/** Reads a binary frame; null when it is not a tile. */
export function decodeTile(frame: ArrayBuffer): TileFrame | null {
  if (frame.byteLength <= HEADER) return null;
  const header = new DataView(frame);
  if (header.getUint8(0) !== KIND_TILE) return null;
  return {
    tilePixels: header.getUint16(2, true),
    tileTwips: header.getUint32(4, true),
    part: header.getInt32(8, true),
    column: header.getUint32(12, true),
    row: header.getUint32(16, true),
    version: header.getUint32(20, true),
    png: new Uint8Array(frame, HEADER),
  };
}
