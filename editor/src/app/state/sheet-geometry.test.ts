import { describe, expect, it } from 'vitest';
import { columnName, parseSheetGeometry } from './sheet-geometry.js';

const answer = (columns: object, rows: object = { sizes: '256:99 ', hidden: '0:99 ' }) => ({
  commandName: '.uno:SheetGeometryData',
  columns,
  rows,
});

describe('sheet geometry', () => {
  it('places columns of several widths', () => {
    const sheet = parseSheetGeometry(answer({ sizes: '1500:1 3000:2 1500:9 ', hidden: '0:9 ' }));
    expect(sheet?.columns.lines(0, 450, 3840, 256, 256)).toEqual([
      { index: 0, start: 0, length: 100 },
      { index: 1, start: 100, length: 100 },
      { index: 2, start: 200, length: 200 },
      { index: 3, start: 400, length: 100 },
    ]);
  });

  it('begins where the view begins', () => {
    const sheet = parseSheetGeometry(answer({ sizes: '1500:1023 ', hidden: '0:1023 ' }));
    expect(sheet?.columns.lines(1250, 1300, 3840, 256, 256)).toEqual([
      { index: 12, start: 1200, length: 100 },
    ]);
  });

  it('leaves hidden columns out', () => {
    const sheet = parseSheetGeometry(answer({ sizes: '1500:9 ', hidden: '0:0 2 9 ' }));
    expect(sheet?.columns.lines(0, 250, 3840, 256, 256).map((line) => line.index)).toEqual([
      0, 3, 4,
    ]);
  });

  it('rounds lengths down to device pixels, as the engine does', () => {
    const sheet = parseSheetGeometry(answer({ sizes: '1280:9 ', hidden: '0:9 ' }));
    expect(sheet?.columns.lines(0, 90, 3840, 256, 256)[1]?.start).toBe(85);
    expect(sheet?.columns.lines(0, 90, 3840, 512, 256)[1]?.start).toBe(85);
  });

  it('is null for another answer', () => {
    expect(parseSheetGeometry(null)).toBeNull();
    expect(parseSheetGeometry({ columns: {} })).toBeNull();
  });
});

describe('column names', () => {
  it.each([
    [0, 'A'],
    [25, 'Z'],
    [26, 'AA'],
    [701, 'ZZ'],
    [702, 'AAA'],
    [1023, 'AMJ'],
  ])('%d is %s', (index, name) => expect(columnName(index)).toBe(name));
});
