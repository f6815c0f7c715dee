import type { DocumentKind, Rect } from '../live/protocol.js';
import { clamp, pixelsPerTwip, visibleTwips } from './geometry.js';

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Where a document is in its scrolled window. Lengths are CSS pixels unless they are called twips. */
export interface Layout {
  /** Size of what is scrolled. */
  content: Size;
  /** Place of the document's corner in `content`. */
  margin: Point;
  tileTwips: number;
}

/** Grey desk around pages and slides. */
const DESK = 24;

/**
 * Lays a document out. Pages and slides are centred; a sheet starts at the corner and has room beyond its
 * used area, because the engine enlarges a sheet only once somebody looks past its end.
 */
export function layOut(
  kind: DocumentKind,
  document: Size,
  tileTwips: number,
  window: Size,
): Layout {
  const scale = pixelsPerTwip(tileTwips);
  const width = document.width * scale;
  const height = document.height * scale;
  if (kind === 'cell') {
    return {
      content: { width: width + window.width, height: height + window.height },
      margin: { x: 0, y: 0 },
      tileTwips,
    };
  }
  const desk = window.width < 600 ? 8 : DESK;
  const left = Math.max(desk, (window.width - width) / 2);
  const top = kind === 'slide' ? Math.max(desk, (window.height - height) / 2) : desk;
  return {
    content: {
      width: Math.max(window.width, width + 2 * desk),
      height: Math.max(window.height, height + 2 * desk),
    },
    margin: { x: Math.round(left), y: Math.round(top) },
    tileTwips,
  };
}

/** Visible area in twips, or null when nothing of the document is visible. */
export function visibleArea(
  kind: DocumentKind,
  layout: Layout,
  document: Size,
  window: Size,
  scroll: Point,
): Rect | null {
  const scale = pixelsPerTwip(layout.tileTwips);
  const area = {
    x: (scroll.x - layout.margin.x) / scale,
    y: (scroll.y - layout.margin.y) / scale,
    width: window.width / scale,
    height: window.height / scale,
  };
  const bounds = kind === 'cell' ? { width: Infinity, height: Infinity } : document;
  return visibleTwips(area, bounds);
}

/** The place in the document (twips) under a place in the window (CSS pixels). */
export function toTwips(layout: Layout, scroll: Point, at: Point): Point {
  const scale = pixelsPerTwip(layout.tileTwips);
  return {
    x: Math.max(0, Math.round((at.x + scroll.x - layout.margin.x) / scale)),
    y: Math.max(0, Math.round((at.y + scroll.y - layout.margin.y) / scale)),
  };
}

/** Scroll position after a zoom that keeps the place under `anchor` (in the window) where it is. */
export function scrollAfterZoom(from: Layout, to: Layout, scroll: Point, anchor: Point): Point {
  const factor = from.tileTwips / to.tileTwips;
  return {
    x: (scroll.x + anchor.x - from.margin.x) * factor + to.margin.x - anchor.x,
    y: (scroll.y + anchor.y - from.margin.y) * factor + to.margin.y - anchor.y,
  };
}

/** Scroll position nearest to `scroll` at which the rectangle (twips) is visible with some room. */
export function scrollToShow(layout: Layout, window: Size, scroll: Point, rect: Rect): Point {
  const scale = pixelsPerTwip(layout.tileTwips);
  const along = (start: number, length: number, now: number, space: number): number => {
    const room = Math.min(40, space / 8);
    const low = start + length + room - space;
    const high = start - room;
    return low > high ? high : clamp(now, low, high);
  };
  return {
    x: along(layout.margin.x + rect[0] * scale, rect[2] * scale, scroll.x, window.width),
    y: along(layout.margin.y + rect[1] * scale, rect[3] * scale, scroll.y, window.height),
  };
}
