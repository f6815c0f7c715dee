/** A comment, as the engine tells of it. */
export interface Comment {
  id: string;
  /** The comment that this one answers; empty for none. */
  parent: string;
  author: string;
  text: string;
  at: string;
  resolved: boolean;
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

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The text of HTML; nothing of it is loaded or run. */
function plain(html: string): string {
  return html === ''
    ? ''
    : (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').trim();
}
