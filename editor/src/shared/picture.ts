/** Types of pictures that the engine takes. */
export const PICTURES = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/bmp',
  'image/tiff',
  'image/webp',
  'image/svg+xml',
] as const;

export type PictureMime = (typeof PICTURES)[number];

/** How far into a file its beginning is looked for. */
const PROLOG = 4096;

const STARTS: readonly (readonly [Exclude<PictureMime, 'image/svg+xml'>, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/bmp', /^BM[^]{4}\0\0\0\0/],
  ['image/tiff', /^(II\*\0|MM\0\*)/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
];

/** The type of a picture by its content, whatever it is called; null if it is none that is taken. */
export async function pictureType(file: Blob): Promise<PictureMime | null> {
  const bytes = new Uint8Array(await file.slice(0, PROLOG).arrayBuffer());
  const start = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const found = STARTS.find(([, pattern]) => pattern.test(start));
  if (found !== undefined) return found[0];
  // The server looks closer.
  return /^(\xef\xbb\xbf)?\s*</.test(start) && /<(\w+:)?svg[\s>]/.test(start)
    ? 'image/svg+xml'
    : null;
}
