/** Where the server has the book of `docs/`, for one of its pages: the server may be below a path of its host. */
export function docsBase(page: string): string {
  const place = /^(.*)\/(?:web-apps\/apps\/editor|token|callbacks)\/[^/]*$/.exec(page);
  return `${place?.[1] ?? ''}/docs`;
}

const BASE = docsBase(typeof location === 'undefined' ? '' : location.pathname);
/** Its first page. */
export const HOME = `${BASE}/`;

export interface DocsPlace {
  /** The page, as a person finds it on any server. */
  text: string;
  /** Its address on this server. */
  url: string;
}

/** The page of the documentation that an anchor such as `payload/empty` names. */
export function docsPlace(anchor: string): DocsPlace | null {
  const parts = /^([a-z-]+)\/([a-z0-9-]+)$/.exec(anchor);
  if (parts === null) return null;
  const [, group, page] = parts;
  const path = `refusals/${group}/${page}`;
  return { text: `docs/${path}`, url: `${BASE}/${path}` };
}
