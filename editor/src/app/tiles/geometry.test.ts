import { describe, expect, it } from 'vitest';
import {
  grow,
  nextZoom,
  tilePixelsAt,
  tileTouches,
  tileTwipsAt,
  tilesIn,
  visibleTwips,
  zoomOf,
  zoomToFit,
} from './geometry.js';

describe('zoom', () => {
  it('has tiles of 3840 twips at 100 %', () => {
    expect(tileTwipsAt(1)).toBe(3840);
    expect(zoomOf(3840)).toBe(1);
  });

  it('keeps the side of a tile a multiple of 8 at every zoom', () => {
    for (let zoom = 0.25; zoom <= 3; zoom += 0.013) expect(tileTwipsAt(zoom) % 8).toBe(0);
  });

  it('stays within the permitted zooms', () => {
    expect(zoomOf(tileTwipsAt(99))).toBe(3);
    expect(zoomOf(tileTwipsAt(0))).toBe(0.25);
  });

  it('steps to the next listed zoom in both directions and stops at the ends', () => {
    expect(nextZoom(1, 1)).toBe(1.1);
    expect(nextZoom(1.03, -1)).toBe(1);
    expect(nextZoom(3, 1)).toBe(3);
    expect(nextZoom(0.5, -1)).toBe(0.5);
  });

  it('fits a width', () => {
    expect(zoomToFit(11906, (11906 * 256) / 3840)).toBeCloseTo(1);
    expect(zoomToFit(0, 100)).toBe(1);
  });

  it('keeps tile pixels within what the protocol allows', () => {
    expect(tilePixelsAt(1)).toBe(256);
    expect(tilePixelsAt(1.5)).toBe(384);
    expect(tilePixelsAt(8)).toBe(1024);
  });
});

describe('tiles of a rectangle', () => {
  it('are those that touch it, the middle ones first', () => {
    const tiles = tilesIn([0, 0, 300, 100], 100);
    expect(tiles).toHaveLength(3);
    expect(tiles[0]).toEqual({ column: 1, row: 0 });
  });

  it('do not include a tile that only shares an edge', () => {
    expect(tilesIn([100, 100, 100, 100], 100)).toEqual([{ column: 1, row: 1 }]);
  });

  it('never lie left of or above the document', () => {
    const tiles = tilesIn(grow([0, 0, 100, 100], 100), 100);
    expect(tiles.every((tile) => tile.column >= 0 && tile.row >= 0)).toBe(true);
  });

  it('touch what overlaps them', () => {
    expect(tileTouches({ column: 1, row: 1 }, 100, [150, 150, 1, 1])).toBe(true);
    expect(tileTouches({ column: 1, row: 1 }, 100, [200, 150, 10, 10])).toBe(false);
  });
});

describe('visible area', () => {
  it('is cut to the document', () => {
    const bounds = { width: 1000, height: 1000 };
    expect(visibleTwips({ x: -50, y: 900, width: 200, height: 200 }, bounds)).toEqual([
      0, 900, 150, 100,
    ]);
    expect(visibleTwips({ x: 2000, y: 0, width: 10, height: 10 }, bounds)).toBeNull();
  });
});
