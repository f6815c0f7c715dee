import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientMessage } from '../live/protocol.js';
import { TileSource } from './source.js';

const visible = {
  part: 0,
  tileTwips: 1000,
  tilePixels: 64,
  x: 0,
  y: 0,
  width: 1000,
  height: 1000,
};
const png = new Uint8Array([1]);
const frame = (column: number, row: number, version = 1) => ({
  part: 0,
  tileTwips: 1000,
  tilePixels: 64,
  column,
  row,
  version,
  png,
});

describe('tile source', () => {
  let sent: ClientMessage[];
  let source: TileSource;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('createImageBitmap', () => Promise.resolve({ close: () => undefined }));
    sent = [];
    source = new TileSource((message) => sent.push(message));
  });

  afterEach(() => {
    source.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const lists = () => sent.filter((message) => message.type === 'tiles');

  it('asks for the visible tiles before those around them', () => {
    source.show(visible);
    expect(sent[0]).toEqual({ type: 'viewport', ...visible });
    expect(lists()[0]?.tiles[0]).toEqual([0, 0]);
    expect(lists()[0]?.tiles).toHaveLength(4);
  });

  it('does not ask again for what it has', async () => {
    source.show(visible);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    source.show(visible);
    expect(lists()).toHaveLength(1);
  });

  it('leaves repainting of the visible area to the server', async () => {
    source.show(visible);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    source.invalidate(0, [0, 0, 10, 10], 2);
    vi.advanceTimersByTime(60_000);
    expect(lists()).toHaveLength(1);
  });

  it('asks for what became stale once it is looked at again', async () => {
    source.show(visible);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    source.invalidate(0, [0, 0, 10, 10], 2);
    source.show({ ...visible, width: 999 });
    expect(lists()[1]?.tiles).toEqual([[0, 0]]);
  });

  it('asks again for a tile that never came', () => {
    source.show(visible);
    vi.advanceTimersByTime(7000);
    expect(lists()).toHaveLength(2);
  });

  it('asks for stale visible tiles before slides, whose list would replace their repainting', async () => {
    const thumbnail = { part: 1, tileTwips: 9000, tilePixels: 64, column: 0, row: 0 };
    source.show(visible);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    source.wantThumbnails([thumbnail]);
    vi.advanceTimersByTime(1);
    await source.receive({ ...frame(0, 0), ...thumbnail });
    source.invalidate(-1, null, 2);
    vi.advanceTimersByTime(3000);
    expect(lists().at(-1)).toMatchObject({ part: 0, tiles: [[0, 0]] });
    await source.receive(frame(0, 0, 2));
    expect(lists().at(-1)).toMatchObject({ part: 1 });
  });

  it('asks for a slide of the list again when it was changed', async () => {
    const thumbnail = { part: 1, tileTwips: 9000, tilePixels: 64, column: 0, row: 0 };
    source.wantThumbnails([thumbnail]);
    vi.advanceTimersByTime(1);
    await source.receive({ ...frame(0, 0), ...thumbnail });
    source.invalidate(1, null, 2);
    expect(lists()).toHaveLength(1);
    vi.advanceTimersByTime(3000);
    expect(lists()).toHaveLength(2);
  });

  it('asks for slides only when the visible one is complete', async () => {
    const thumbnail = { part: 1, tileTwips: 9000, tilePixels: 64, column: 0, row: 0 };
    source.show(visible);
    source.wantThumbnails([thumbnail]);
    vi.advanceTimersByTime(1);
    expect(lists().every((list) => list.part === 0)).toBe(true);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    expect(lists().at(-1)).toMatchObject({ part: 1, tileTwips: 9000, tiles: [[0, 0]] });
  });

  it('asks for everything visible again after a new connection', async () => {
    source.show(visible);
    for (const [column, row] of lists()[0]?.tiles ?? []) await source.receive(frame(column, row));
    source.restart();
    expect(lists()).toHaveLength(2);
    expect(lists().at(-1)?.tiles).toEqual([[0, 0]]);
  });
});
