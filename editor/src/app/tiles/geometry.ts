import type { Rect } from '../live/protocol.js';

/** Side of a tile on the screen, in CSS pixels. */
export const TILE_CSS = 256;
/** Side of a tile in the document at 100 % (256 px at 96 dpi, 1440 twips an inch). */
export const TWIPS_AT_100 = 3840;
/** Below what the zoom list offers, so that a page fits the width of a phone. */
export const ZOOM_MIN = 0.25;
export const ZOOM_MAX = 3;
/** What the zoom list offers. */
export const ZOOM_STEPS = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Side of a tile in twips at a zoom; the protocol wants a multiple of 8. */
export function tileTwipsAt(zoom: number): number {
  return Math.round(TWIPS_AT_100 / clamp(zoom, ZOOM_MIN, ZOOM_MAX) / 8) * 8;
}

export function zoomOf(tileTwips: number): number {
  return TWIPS_AT_100 / tileTwips;
}

/** Side of a tile in device pixels; the protocol allows 64 to 1024. */
export function tilePixelsAt(devicePixelRatio: number): number {
  return clamp(Math.round(TILE_CSS * devicePixelRatio), 64, 1024);
}

/** CSS pixels for one twip. */
export function pixelsPerTwip(tileTwips: number): number {
  return TILE_CSS / tileTwips;
}

export function nextZoom(zoom: number, direction: 1 | -1): number {
  const ordered = direction === 1 ? ZOOM_STEPS : [...ZOOM_STEPS].reverse();
  return ordered.find((step) => (step - zoom) * direction > 0.005) ?? zoom;
}

/** Zoom at which `twips` fill `pixels`. */
export function zoomToFit(twips: number, pixels: number): number {
  if (twips <= 0 || pixels <= 0) return 1;
  return clamp((pixels * TWIPS_AT_100) / (twips * TILE_CSS), ZOOM_MIN, ZOOM_MAX);
}

/** The part of the visible area that is in the document, in twips. Null when none does. */
export function visibleTwips(
  area: { x: number; y: number; width: number; height: number },
  bounds: { width: number; height: number },
): Rect | null {
  const x = Math.max(0, Math.floor(area.x));
  const y = Math.max(0, Math.floor(area.y));
  const right = Math.min(bounds.width, Math.ceil(area.x + area.width));
  const bottom = Math.min(bounds.height, Math.ceil(area.y + area.height));
  return right <= x || bottom <= y ? null : [x, y, right - x, bottom - y];
}

export interface TileAt {
  column: number;
  row: number;
}

/** Tiles that touch a rectangle, the ones nearest to its middle first: they are looked at. */
export function tilesIn(rect: Rect, tileTwips: number): TileAt[] {
  const [x, y, width, height] = rect;
  const tiles: TileAt[] = [];
  const lastColumn = Math.ceil((x + width) / tileTwips) - 1;
  const lastRow = Math.ceil((y + height) / tileTwips) - 1;
  for (let row = Math.max(0, Math.floor(y / tileTwips)); row <= lastRow; row++) {
    for (let column = Math.max(0, Math.floor(x / tileTwips)); column <= lastColumn; column++) {
      tiles.push({ column, row });
    }
  }
  const middleX = (x + width / 2) / tileTwips - 0.5;
  const middleY = (y + height / 2) / tileTwips - 0.5;
  const distance = (tile: TileAt): number =>
    (tile.column - middleX) ** 2 + (tile.row - middleY) ** 2;
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** Does a tile show something of the rectangle? */
export function tileTouches(tile: TileAt, tileTwips: number, rect: Rect): boolean {
  const [x, y, width, height] = rect;
  const left = tile.column * tileTwips;
  const top = tile.row * tileTwips;
  return left < x + width && left + tileTwips > x && top < y + height && top + tileTwips > y;
}

/** A rectangle with room around it. */
export function grow(rect: Rect, by: number): Rect {
  return [rect[0] - by, rect[1] - by, rect[2] + 2 * by, rect[3] + 2 * by];
}
