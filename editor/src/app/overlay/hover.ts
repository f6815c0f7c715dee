import { signal } from '@preact/signals';
import type { Rect } from '../live/protocol.js';

/** Where the mouse is in the document (twips), and CSS pixels for a twip; null when it is elsewhere. */
export const hover = signal<{ x: number; y: number; scale: number } | null>(null);

const NEAR_PX = 12;

/** Is the mouse at a rectangle or next to it? */
export function isHovered(rect: Rect): boolean {
  const at = hover.value;
  if (at === null) return false;
  const near = NEAR_PX / at.scale;
  return (
    at.x >= rect[0] - near &&
    at.x <= rect[0] + rect[2] + near &&
    at.y >= rect[1] - near &&
    at.y <= rect[1] + rect[3] + near
  );
}
