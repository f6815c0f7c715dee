import type { PlainConfig } from '../shared/bridge.js';
import { pictureType } from '../shared/picture.js';

/** Larger pictures are not meant for a header. */
const LIMIT_MB = 2;
const INSERT_LIMIT_MB = 10;

/**
 * Fetches pictures for the editor.
 *
 * The editor page shows pictures of its own origin only, so that nothing in a document can make it call
 * another server. What the integrator names is fetched here, by the page that is allowed to.
 */
export class Pictures {
  readonly #asked = new Set<string>();
  readonly #deliver: (address: string, data: string) => void;
  readonly #warn: (text: string) => void;

  constructor(deliver: (address: string, data: string) => void, warn: (text: string) => void) {
    this.#deliver = deliver;
    this.#warn = warn;
  }

  /** Fetches what has not been asked for yet; `data:` addresses need nothing. */
  want(addresses: readonly unknown[]): void {
    for (const address of addresses) {
      if (typeof address !== 'string' || address === '' || address.startsWith('data:')) continue;
      if (this.#asked.has(address)) continue;
      this.#asked.add(address);
      void this.#fetch(address);
    }
  }

  async #fetch(address: string): Promise<void> {
    try {
      const blob = await fetchPicture(address, LIMIT_MB);
      this.#deliver(address, await asDataUrl(blob));
    } catch (error) {
      this.#warn(`A picture is not shown. ${reason(error)}`);
    }
  }
}

/** A picture to insert into the document. */
export async function fetchInserted(address: string): Promise<Blob> {
  const blob = await fetchFile(address, INSERT_LIMIT_MB);
  const type = await pictureType(blob);
  if (type === null) {
    throw new PictureError(
      'It is no picture that can be inserted. Give a PNG, JPEG, GIF, BMP, TIFF, WebP or SVG file.',
    );
  }
  return new Blob([blob], { type });
}

class PictureError extends Error {}

/** Why it failed. The address stays out of it: it may hold a key. */
export function reason(error: unknown): string {
  return error instanceof PictureError
    ? error.message
    : 'Its server could not be reached, or does not let this page read it. Serve it from this page’s origin, or with the header Access-Control-Allow-Origin.';
}

async function fetchPicture(address: string, limit: number): Promise<Blob> {
  const blob = await fetchFile(address, limit);
  if (blob.type.startsWith('image/')) return blob;
  throw new PictureError('What came is not a picture. Check the address.');
}

async function fetchFile(address: string, limit: number): Promise<Blob> {
  const answer = await fetch(address);
  if (!answer.ok) {
    throw new PictureError(`Its server answered ${answer.status}. Check the address.`);
  }
  const blob = await answer.blob();
  if (blob.size > limit * 1024 * 1024) {
    throw new PictureError(`It is larger than ${limit} MB. Use a smaller one.`);
  }
  return blob;
}

function asDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(new Error('unreadable')));
    reader.readAsDataURL(blob);
  });
}

/** The pictures that a config names. */
export function picturesIn(config: PlainConfig): (string | undefined)[] {
  const { customization, user, templates } = config.editorConfig ?? {};
  const { logo, customer, loaderLogo } = customization ?? {};
  return [
    logo?.image,
    logo?.imageDark,
    logo?.imageEmbedded,
    logo?.imageLight,
    customer?.logo,
    customer?.logoDark,
    loaderLogo,
    user?.image,
    ...(Array.isArray(templates) ? templates.map((template) => template.image) : []),
  ];
}
