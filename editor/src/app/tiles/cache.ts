import type { Rect } from '../live/protocol.js';
import { tileTouches } from './geometry.js';

export interface TileKey {
  part: number;
  tileTwips: number;
  tilePixels: number;
  column: number;
  row: number;
}

export interface CachedTile<Image> extends TileKey {
  image: Image;
  /** Document version at which it was painted. */
  version: number;
  /** Something under it has changed since; still the best there is to show. */
  stale: boolean;
}

export function tileId(key: TileKey): string {
  return `${key.part}/${key.tileTwips}/${key.tilePixels}/${key.column}/${key.row}`;
}

/** Painted tiles, at most so many pixels of them: the ones not looked at for longest go first. */
export class TileCache<Image> {
  readonly #tiles = new Map<string, CachedTile<Image>>();
  readonly #limit: number;
  readonly #dispose: (image: Image) => void;
  #pixels = 0;
  /** Last change by part (-1: any), for tiles that were being painted when it happened. */
  readonly #changes: { part: number; rect: Rect | null; version: number }[] = [];

  constructor(limitPixels: number, dispose: (image: Image) => void) {
    this.#limit = limitPixels;
    this.#dispose = dispose;
  }

  get size(): number {
    return this.#tiles.size;
  }

  /** Looks a tile up and counts as looking at it. */
  get(key: TileKey): CachedTile<Image> | undefined {
    const id = tileId(key);
    const tile = this.#tiles.get(id);
    if (tile !== undefined) {
      this.#tiles.delete(id);
      this.#tiles.set(id, tile);
    }
    return tile;
  }

  peek(key: TileKey): CachedTile<Image> | undefined {
    return this.#tiles.get(tileId(key));
  }

  /** False when a newer one of the same tile is there: `image` was disposed of. */
  put(key: TileKey, version: number, image: Image): boolean {
    const id = tileId(key);
    const former = this.#tiles.get(id);
    if (former !== undefined) {
      if (former.version > version) {
        this.#dispose(image);
        return false;
      }
      this.#remove(id, former);
    }
    const stale = this.#changes.some(
      (change) => change.version > version && touches(key, change.part, change.rect),
    );
    this.#tiles.set(id, { ...key, image, version, stale });
    this.#pixels += key.tilePixels ** 2;
    this.#evict(id);
    return true;
  }

  /** Marks what was painted before `version` in the rectangle (null: everywhere) as stale. */
  invalidate(part: number, rect: Rect | null, version: number): CachedTile<Image>[] {
    this.#changes.push({ part, rect, version });
    if (this.#changes.length > 64) this.#changes.shift();
    const hit: CachedTile<Image>[] = [];
    for (const tile of this.#tiles.values()) {
      if (tile.version < version && touches(tile, part, rect)) {
        tile.stale = true;
        hit.push(tile);
      }
    }
    return hit;
  }

  /** Forgets versions: another engine process counts from the start again. */
  restart(): void {
    this.#changes.length = 0;
    for (const tile of this.#tiles.values()) {
      tile.version = -1;
      tile.stale = true;
    }
  }

  clear(): void {
    for (const [id, tile] of this.#tiles) this.#remove(id, tile);
  }

  /** Tiles of a part in other zooms, to show enlarged or reduced until the right ones arrive. */
  *others(part: number, tileTwips: number): Generator<CachedTile<Image>> {
    for (const tile of this.#tiles.values()) {
      if (tile.part === part && tile.tileTwips !== tileTwips) yield tile;
    }
  }

  #remove(id: string, tile: CachedTile<Image>): void {
    this.#tiles.delete(id);
    this.#pixels -= tile.tilePixels ** 2;
    this.#dispose(tile.image);
  }

  #evict(keep: string): void {
    for (const [id, tile] of this.#tiles) {
      if (this.#pixels <= this.#limit) return;
      if (id !== keep) this.#remove(id, tile);
    }
  }
}

function touches(tile: TileKey, part: number, rect: Rect | null): boolean {
  if (part >= 0 && part !== tile.part) return false;
  return rect === null || tileTouches(tile, tile.tileTwips, rect);
}
