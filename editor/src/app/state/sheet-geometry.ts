/** Column widths and row heights of a sheet, from the engine's run-length lists. */

interface Run {
  /** Twips; 0 when hidden. */
  size: number;
  /** Index of the last column or row that it is for. */
  last: number;
}

export interface Line {
  index: number;
  /** Start and length in CSS pixels from the edge of the sheet. */
  start: number;
  length: number;
}

/** Positions along one direction of a sheet. */
export class Axis {
  readonly #runs: readonly Run[];

  constructor(runs: readonly Run[]) {
    this.#runs = runs;
  }

  /**
   * The columns or rows that lie between two places (CSS pixels). The engine draws each at a whole number
   * of device pixels, so that lengths are rounded down one by one before they are added up.
   */
  lines(from: number, to: number, tileTwips: number, tilePixels: number, tileCss: number): Line[] {
    const lines: Line[] = [];
    const cssPerDevice = tileCss / tilePixels;
    let index = 0;
    let start = 0;
    for (const run of this.#runs) {
      const length =
        run.size === 0
          ? 0
          : Math.max(1, Math.floor((run.size * tilePixels) / tileTwips)) * cssPerDevice;
      const count = run.last - index + 1;
      if (length === 0) {
        index = run.last + 1;
        continue;
      }
      const skip = Math.min(count, Math.max(0, Math.floor((from - start) / length)));
      for (let at = skip; at < count; at++) {
        const begin = start + at * length;
        if (begin >= to) return lines;
        lines.push({ index: index + at, start: begin, length });
      }
      start += count * length;
      index = run.last + 1;
    }
    return lines;
  }
}

export interface SheetGeometry {
  columns: Axis;
  rows: Axis;
}

/** Reads `1280:2 2560:3 `: each size up to and including an index. */
function parseSizes(text: string): Run[] {
  const runs: Run[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const match = /^(\d+):(\d+)$/.exec(word);
    const size = Number(match?.[1]);
    const last = Number(match?.[2]);
    if (match !== null && last > (runs.at(-1)?.last ?? -1)) runs.push({ size, last });
  }
  return runs;
}

/** Reads `0:4 6 1023`: shown up to 4, hidden up to 6, shown up to 1023. */
function parseFlags(text: string): { on: boolean; last: number }[] {
  const words = text.trim().split(/\s+/);
  const first = /^([01]):(\d+)$/.exec(words[0] ?? '');
  if (first === null) return [];
  let on = first[1] === '1';
  const spans = [{ on, last: Number(first[2]) }];
  for (const word of words.slice(1)) {
    on = !on;
    if (/^\d+$/.test(word)) spans.push({ on, last: Number(word) });
  }
  return spans;
}

function hide(sizes: readonly Run[], hidden: readonly { on: boolean; last: number }[]): Run[] {
  const runs: Run[] = [];
  let span = 0;
  for (const run of sizes) {
    let from = (runs.at(-1)?.last ?? -1) + 1;
    while (from <= run.last) {
      while ((hidden[span]?.last ?? Infinity) < from) span++;
      const last = Math.min(run.last, hidden[span]?.last ?? Infinity);
      runs.push({ size: hidden[span]?.on === true ? 0 : run.size, last });
      from = last + 1;
    }
  }
  return runs;
}

function parseAxis(value: unknown): Axis | null {
  if (typeof value !== 'object' || value === null) return null;
  const { sizes, hidden } = value as { sizes?: unknown; hidden?: unknown };
  if (typeof sizes !== 'string') return null;
  return new Axis(hide(parseSizes(sizes), parseFlags(typeof hidden === 'string' ? hidden : '')));
}

/** Reads the answer to `.uno:SheetGeometryData`; null when it is none. */
export function parseSheetGeometry(value: unknown): SheetGeometry | null {
  if (typeof value !== 'object' || value === null) return null;
  const { columns, rows } = value as { columns?: unknown; rows?: unknown };
  const columnAxis = parseAxis(columns);
  const rowAxis = parseAxis(rows);
  return columnAxis === null || rowAxis === null ? null : { columns: columnAxis, rows: rowAxis };
}

/** `A`, `Z`, `AA` … for 0, 25, 26 …. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    name = String.fromCharCode(65 + (rest % 26)) + name;
  }
  return name;
}
