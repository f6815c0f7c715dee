import type { Rect } from '../live/protocol.js';
import { columnName, type SheetGeometry } from '../state/sheet-geometry.js';
import { TILE_CSS, pixelsPerTwip } from '../tiles/geometry.js';
import type { Layout, Point, Size } from '../tiles/layout.js';

/** CSS pixels; the style sheet has the same. */
export const COLUMN_HEADER_HEIGHT = 24;
export const ROW_HEADER_WIDTH = 48;

export interface Headers {
  sheet: SheetGeometry;
  layout: Layout;
  scroll: Point;
  tilePixels: number;
  ratio: number;
  /** Selected cells, in twips. */
  area: Rect | null;
}

interface Colors {
  background: string;
  text: string;
  line: string;
  selected: string;
  selectedText: string;
}

export function paintColumnHeaders(
  canvas: HTMLCanvasElement,
  window_: Size,
  headers: Headers,
): void {
  const size = { width: window_.width, height: COLUMN_HEADER_HEIGHT };
  const context = prepare(canvas, size, headers.ratio);
  if (context === null) return;
  const colors = colorsOf(canvas);
  const { sheet, layout, scroll, tilePixels, area } = headers;
  const scale = pixelsPerTwip(layout.tileTwips);
  context.fillStyle = colors.background;
  context.fillRect(0, 0, size.width, size.height);
  const lines = sheet.columns.lines(
    scroll.x,
    scroll.x + size.width,
    layout.tileTwips,
    tilePixels,
    TILE_CSS,
  );
  for (const { index, start, length } of lines) {
    const left = start - scroll.x;
    const on = area !== null && overlaps(start, length, area[0] * scale, area[2] * scale);
    if (on) {
      context.fillStyle = colors.selected;
      context.fillRect(left, 0, length, size.height);
    }
    context.fillStyle = colors.line;
    context.fillRect(left + length - 1, 0, 1, size.height);
    context.fillStyle = on ? colors.selectedText : colors.text;
    if (length > 12) context.fillText(columnName(index), left + length / 2, size.height / 2 + 0.5);
  }
  context.fillStyle = colors.line;
  context.fillRect(0, size.height - 1, size.width, 1);
}

export function paintRowHeaders(canvas: HTMLCanvasElement, window_: Size, headers: Headers): void {
  const size = { width: ROW_HEADER_WIDTH, height: window_.height };
  const context = prepare(canvas, size, headers.ratio);
  if (context === null) return;
  const colors = colorsOf(canvas);
  const { sheet, layout, scroll, tilePixels, area } = headers;
  const scale = pixelsPerTwip(layout.tileTwips);
  context.fillStyle = colors.background;
  context.fillRect(0, 0, size.width, size.height);
  const lines = sheet.rows.lines(
    scroll.y,
    scroll.y + size.height,
    layout.tileTwips,
    tilePixels,
    TILE_CSS,
  );
  for (const { index, start, length } of lines) {
    const top = start - scroll.y;
    const on = area !== null && overlaps(start, length, area[1] * scale, area[3] * scale);
    if (on) {
      context.fillStyle = colors.selected;
      context.fillRect(0, top, size.width, length);
    }
    context.fillStyle = colors.line;
    context.fillRect(0, top + length - 1, size.width, 1);
    context.fillStyle = on ? colors.selectedText : colors.text;
    if (length > 9) context.fillText(String(index + 1), size.width / 2, top + length / 2 + 0.5);
  }
  context.fillStyle = colors.line;
  context.fillRect(size.width - 1, 0, 1, size.height);
}

/** More than a pixel in common: engine and headers round differently. */
function overlaps(start: number, length: number, from: number, extent: number): boolean {
  return Math.min(start + length, from + extent) - Math.max(start, from) > 1.5;
}

function prepare(
  canvas: HTMLCanvasElement,
  size: Size,
  ratio: number,
): CanvasRenderingContext2D | null {
  const width = Math.round(size.width * ratio);
  const height = Math.round(size.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  canvas.style.width = `${size.width}px`;
  canvas.style.height = `${size.height}px`;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  return context;
}

function colorsOf(canvas: HTMLCanvasElement): Colors {
  const style = getComputedStyle(canvas);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: color('--surface-2'),
    text: color('--ink-2'),
    line: color('--line'),
    selected: color('--accent-soft'),
    selectedText: color('--accent-ink'),
  };
}
