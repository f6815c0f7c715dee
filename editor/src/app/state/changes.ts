import type { Rect } from '../live/protocol.js';
import { fields, rectOf, word } from './values.js';

/** A tracked change that nobody has accepted or rejected yet. */
export interface Change {
  /** The engine's number of it, which lasts as long as the document is open. */
  id: number;
  kind: 'insert' | 'delete' | 'format' | 'other';
  author: string;
  at: string;
  /** The text that was inserted or deleted, shortened by the engine; empty for others. */
  text: string;
  place: Rect | null;
}

const KINDS: Readonly<Record<string, Change['kind']>> = {
  Insert: 'insert',
  Delete: 'delete',
  Format: 'format',
};

/** Reads the answer to `.uno:AcceptTrackedChanges`. */
export function parseChanges(values: unknown): Change[] {
  const list = fields(values).redlines;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const { index, author, dateTime, description, type, textRange } = fields(item);
    if (typeof index !== 'number') return [];
    return [
      {
        id: index,
        kind: KINDS[word(type)] ?? 'other',
        author: word(author).replaceAll('\u00a0', ' '),
        at: word(dateTime),
        text: /“(.*)”/s.exec(word(description))?.[1]?.trim() ?? '',
        // The first line of it.
        place: rectOf(word(textRange).split(';')[0]),
      },
    ];
  });
}
