/** Width and height that a config wants. */
export function sizeOf(config: unknown): { width: string; height: string } {
  const { width, height } = (config ?? {}) as { width?: unknown; height?: unknown };
  const text = (value: unknown): string =>
    typeof value === 'number' || (typeof value === 'string' && value !== '')
      ? String(value)
      : '100%';
  return { width: text(width), height: text(height) };
}

/** A bare number is a length in pixels, as in the attributes of an iframe. */
export function cssLength(length: string): string {
  return /^\d+$/.test(length) ? `${length}px` : length;
}
