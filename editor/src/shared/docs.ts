/** Where the book of `docs/` is published; null while it is in the repository only. */
const BASE: string | null = null;

export interface DocsPlace {
  /** The page, as a person finds them in the repository. */
  text: string;
  /** Its address, where there is one. */
  url: string | null;
}

/** The page of the documentation that an anchor such as `payload/empty` names. */
export function docsPlace(anchor: string, base: string | null = BASE): DocsPlace | null {
  const parts = /^([a-z-]+)\/([a-z0-9-]+)$/.exec(anchor);
  if (parts === null) return null;
  const [, group, page] = parts;
  return {
    text: `docs/refusals/${group}/${page}.md`,
    url: base === null ? null : `${base.replace(/\/$/, '')}/refusals/${group}/${page}.html`,
  };
}
