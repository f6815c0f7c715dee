import type { Rect } from '../live/protocol.js';
import { fields, rectOf, word } from './values.js';

/** A comment, as the engine tells of it. */
export interface Comment {
  id: string;
  /** The comment that this one answers; empty for none. */
  parent: string;
  author: string;
  text: string;
  at: string;
  resolved: boolean;
  /** What it is about, in twips; null where the engine does not say. */
  place: Rect | null;
  /** The sheet of `place`; null in a text. */
  part: number | null;
}

export interface Thread {
  comment: Comment;
  answers: readonly Comment[];
}

/** Reads the answer to `.uno:ViewAnnotations`, which the three kinds of documents give in two forms. */
export function parseComments(values: unknown): Comment[] {
  const list = fields(values).comments;
  const items: unknown[] = Array.isArray(list) ? list : Object.values(fields(list));
  return items.flatMap((item) => {
    const { id, parent, parentId, author, text, html, dateTime, resolved } = fields(item);
    const { anchorPos, cellPos, tab } = fields(item);
    const known = word(id);
    if (known === '') return [];
    const above = word(parent ?? parentId);
    return [
      {
        id: known,
        parent: above === '0' || above === '-1' ? '' : above,
        author: word(author).replaceAll('\u00a0', ' '),
        text: word(text) || plain(word(html)),
        at: word(dateTime),
        resolved: resolved === true || resolved === 'true',
        place: rectOf(anchorPos ?? cellPos),
        part: tab === undefined ? null : Number(tab),
      },
    ];
  });
}

/** Comments with what was answered to them, whichever answer that answers. */
export function threadsOf(comments: readonly Comment[]): Thread[] {
  const parents = new Map(comments.map((comment) => [comment.id, comment.parent]));
  const rootOf = (id: string): string => {
    const seen = new Set<string>();
    let root = id;
    for (;;) {
      const parent = parents.get(root) ?? '';
      if (parent === '' || !parents.has(parent) || seen.has(parent)) return root;
      seen.add(root);
      root = parent;
    }
  };
  return comments
    .filter((comment) => rootOf(comment.id) === comment.id)
    .map((comment) => ({
      comment,
      answers: comments.filter((one) => one.id !== comment.id && rootOf(one.id) === comment.id),
    }));
}

/**
 * Finds a comment again after the document was saved and opened, when its id is another one: by its
 * author and its time to the second, and by its text where a format keeps no time.
 */
export function markOf({ author, at, text }: Comment): string {
  return JSON.stringify([author, at.slice(0, 19), fingerprint(text)]);
}

/** The comment that {@link markOf} marked; the one that fits best if it was changed since. */
export function findMarked(comments: readonly Comment[], mark: string): Comment | null {
  let parts: unknown;
  try {
    parts = JSON.parse(mark);
  } catch {
    return null;
  }
  if (!Array.isArray(parts)) return null;
  const [author, at, text] = parts as unknown[];
  const fit = (one: Comment): number =>
    one.author !== author
      ? 0
      : Number(one.at.slice(0, 19) === at) * 2 + Number(fingerprint(one.text) === text);
  const [best] = comments.filter((one) => fit(one) > 0).sort((one, other) => fit(other) - fit(one));
  return best ?? null;
}

/** FNV-1a: it tells texts apart, and an address does not show them. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text.replace(/\s+/g, ' ').trim()) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

/** The text of HTML; nothing of it is loaded or run. */
function plain(html: string): string {
  return html === ''
    ? ''
    : (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').trim();
}
