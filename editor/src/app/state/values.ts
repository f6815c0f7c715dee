/** Reading what the engine answers, of which any member may be missing or of another type. */

import type { Rect } from '../live/protocol.js';

/** The members of an object; none of anything else. */
export function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text, or a number as one. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A rectangle as four numbers with commas. */
export function rectOf(value: unknown): Rect | null {
  if (typeof value !== 'string') return null;
  const numbers = value.split(',').map(Number);
  const [x, y, width, height] = numbers;
  if (numbers.length !== 4 || numbers.some(Number.isNaN)) return null;
  return [x ?? 0, y ?? 0, width ?? 0, height ?? 0];
}
