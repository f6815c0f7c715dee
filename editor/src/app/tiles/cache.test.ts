import { describe, expect, it } from 'vitest';
import { TileCache } from './cache.js';

const key = (column: number, part = 0) => ({
  part,
  tileTwips: 1000,
  tilePixels: 10,
  column,
  row: 0,
});

function cacheOf(tiles: number) {
  const disposed: string[] = [];
  const cache = new TileCache<string>(tiles * 100, (image) => disposed.push(image));
  return { cache, disposed };
}

describe('tile cache', () => {
  it('lets go of the tiles that were not looked at for longest', () => {
    const { cache, disposed } = cacheOf(2);
    cache.put(key(0), 1, 'a');
    cache.put(key(1), 1, 'b');
    cache.get(key(0));
    cache.put(key(2), 1, 'c');
    expect(disposed).toEqual(['b']);
    expect(cache.peek(key(0))?.image).toBe('a');
  });

  it('keeps a newer tile when an older one arrives late', () => {
    const { cache, disposed } = cacheOf(2);
    cache.put(key(0), 5, 'new');
    expect(cache.put(key(0), 4, 'old')).toBe(false);
    expect(cache.peek(key(0))?.image).toBe('new');
    expect(disposed).toEqual(['old']);
  });

  it('keeps a stale tile until the new one is there', () => {
    const { cache, disposed } = cacheOf(3);
    cache.put(key(0), 1, 'old');
    cache.put(key(1), 1, 'other');
    expect(cache.invalidate(0, [100, 100, 10, 10], 2)).toHaveLength(1);
    expect(cache.get(key(0))).toMatchObject({ image: 'old', stale: true });
    expect(cache.get(key(1))?.stale).toBe(false);
    cache.put(key(0), 2, 'new');
    expect(cache.get(key(0))).toMatchObject({ image: 'new', stale: false });
    expect(disposed).toEqual(['old']);
  });

  it('knows that a tile painted before a change is stale when it arrives after it', () => {
    const { cache } = cacheOf(3);
    cache.invalidate(0, null, 7);
    cache.put(key(0), 6, 'painted before');
    expect(cache.peek(key(0))?.stale).toBe(true);
  });

  it('invalidates one part, or all of them with -1', () => {
    const { cache } = cacheOf(3);
    cache.put(key(0, 0), 1, 'a');
    cache.put(key(0, 1), 1, 'b');
    expect(cache.invalidate(1, null, 2)).toHaveLength(1);
    expect(cache.peek(key(0, 0))?.stale).toBe(false);
    expect(cache.invalidate(-1, null, 3)).toHaveLength(2);
  });

  it('takes any tile after the engine was replaced and its versions start over', () => {
    const { cache } = cacheOf(3);
    cache.put(key(0), 90, 'before');
    cache.invalidate(0, null, 95);
    cache.restart();
    expect(cache.put(key(0), 1, 'after')).toBe(true);
    expect(cache.peek(key(0))).toMatchObject({ image: 'after', stale: false });
  });
});
