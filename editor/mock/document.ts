import type { DocumentKind, Part, Rect } from '../src/app/live/protocol.js';
import { encodePng } from './png.js';

/** Advance of a character and height of a line, in twips. */
const ADVANCE = 140;
const LINE = 300;
const PAGE = { x: 284, y: 284, width: 11906, height: 16838 };
const MARGIN = 1134;
export const COLUMN = 1275;
export const ROW = 255;

type Rgba = readonly [number, number, number, number];

/** A document without an engine: lines of text, drawn as marks instead of letters. */
export class MockDocument {
  readonly kind: DocumentKind;
  readonly parts: Part[];
  lines: string[] = [
    'Recto',
    '',
    'A document of the development server: every character is a mark.',
    'Type, select, scroll and zoom; other windows of this page see it too.',
  ];
  readonly cells = new Map<string, string>([
    ['0/0', 'Item'],
    ['1/0', 'Price'],
    ['0/1', 'Paper'],
    ['1/1', '12.50'],
  ]);
  version = 1;

  constructor(kind: DocumentKind) {
    this.kind = kind;
    const names = { word: ['Page 1', 'Page 2'], cell: ['Budget', 'Plan'], slide: ['1', '2', '3'] };
    this.parts = names[kind].map((name) => ({ name, hidden: false }));
  }

  get size(): { width: number; height: number } {
    switch (this.kind) {
      case 'word':
        return { width: PAGE.width + 568, height: 2 * (PAGE.height + 284) + 284 };
      case 'cell':
        return { width: COLUMN * 26, height: ROW * 200 };
      case 'slide':
        return { width: 15875, height: 8930 };
    }
  }

  caretRect(line: number, column: number): Rect {
    const origin = this.#origin();
    return [origin.x + column * ADVANCE, origin.y + line * LINE, 10, LINE - 20];
  }

  placeAt(x: number, y: number): { line: number; column: number } {
    const origin = this.#origin();
    const line = Math.max(0, Math.min(this.lines.length - 1, Math.floor((y - origin.y) / LINE)));
    const length = [...(this.lines[line] ?? '')].length;
    return {
      line,
      column: Math.max(0, Math.min(length, Math.round((x - origin.x) / ADVANCE))),
    };
  }

  paint(part: number, side: number, twips: number, column: number, row: number): Buffer {
    const pixels = new Uint8Array(side * side * 4);
    const left = column * twips;
    const top = row * twips;
    const scale = side / twips;
    const fill = (rect: Rect, color: Rgba): void => {
      const x0 = Math.max(0, Math.round((rect[0] - left) * scale));
      const y0 = Math.max(0, Math.round((rect[1] - top) * scale));
      const x1 = Math.min(side, Math.round((rect[0] + rect[2] - left) * scale));
      const y1 = Math.min(side, Math.round((rect[1] + rect[3] - top) * scale));
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) pixels.set(color, (y * side + x) * 4);
      }
    };
    if (this.kind === 'cell') this.#paintSheet(part, left, top, twips, fill);
    else this.#paintText(part, fill);
    return encodePng(side, side, pixels);
  }

  #origin(): { x: number; y: number } {
    return this.kind === 'slide'
      ? { x: 1000, y: 1000 }
      : { x: PAGE.x + MARGIN, y: PAGE.y + MARGIN };
  }

  #paintText(part: number, fill: (rect: Rect, color: Rgba) => void): void {
    if (this.kind === 'slide') {
      const { width, height } = this.size;
      fill([0, 0, width, height], [250, 248, 242, 255]);
      fill([0, 0, 300 + part * 200, height], [27, 107, 92, 255]);
    } else {
      for (const page of [0, 1]) {
        const y = PAGE.y + page * (PAGE.height + 284);
        fill([PAGE.x, y, PAGE.width, PAGE.height], [255, 255, 255, 255]);
      }
    }
    this.lines.forEach((line, row) => {
      [...line].forEach((char, column) => {
        if (char === ' ') return;
        const [x, y] = this.caretRect(row, column);
        mark(char).forEach(([dx, dy]) =>
          fill([x + 15 + dx * 36, y + 60 + dy * 36, 30, 30], [36, 39, 44, 255]),
        );
      });
    });
  }

  #paintSheet(
    part: number,
    left: number,
    top: number,
    twips: number,
    fill: (rect: Rect, color: Rgba) => void,
  ): void {
    fill([left, top, twips, twips], [255, 255, 255, 255]);
    const line: Rgba = [218, 214, 206, 255];
    for (let x = Math.floor(left / COLUMN) * COLUMN; x <= left + twips; x += COLUMN) {
      fill([x - 15, top, 15, twips], line);
    }
    for (let y = Math.floor(top / ROW) * ROW; y <= top + twips; y += ROW) {
      fill([left, y - 15, twips, 15], line);
    }
    if (part !== 0) return;
    for (const [at, text] of this.cells) {
      const [column = 0, row = 0] = at.split('/').map(Number);
      [...text].forEach((char, index) => {
        mark(char).forEach(([dx, dy]) =>
          fill(
            [column * COLUMN + 40 + index * 90 + dx * 24, row * ROW + 60 + dy * 24, 20, 20],
            [36, 39, 44, 255],
          ),
        );
      });
    }
  }
}

/** A pattern of three by five dots, different for most characters. */
function mark(char: string): [number, number][] {
  let bits = (((char.codePointAt(0) ?? 0) * 2654435761) % 32768) | 1;
  const dots: [number, number][] = [];
  for (let at = 0; at < 15; at++, bits >>= 1) {
    if (bits & 1) dots.push([at % 3, Math.floor(at / 3)]);
  }
  return dots;
}
