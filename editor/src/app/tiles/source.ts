import type { TileFrame } from '../live/decode.js';
import type { ClientMessage, Rect, View } from '../live/protocol.js';
import { TileCache, tileId, type TileKey } from './cache.js';
import { grow, tilesIn, type TileAt } from './geometry.js';

/** 256 MB of RGBA: more than a 4K screen at two device pixels each way needs. */
const CACHE_PIXELS = 64 * 1024 * 1024;
const MOST_TILES = 256;
/** Slides in the list are painted again when a slide has been left alone for so long. */
const THUMBNAIL_MS = 2000;
const RETRY_MS = 6000;

export interface Visible extends View {
  part: number;
}

type Listener = (tile: TileKey) => void;

/** Decides which tiles to ask for, and keeps the ones that came. */
export class TileSource {
  readonly #send: (message: ClientMessage) => void;
  readonly cache = new TileCache<ImageBitmap>(CACHE_PIXELS, (image) => image.close());
  #visible: Visible | null = null;
  #thumbnails: TileKey[] = [];
  #asked = new Set<string>();
  /** Stale tiles are wanted too: they may have become so while they were out of sight. */
  #refresh = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<Listener>();
  #received = 0;

  constructor(send: (message: ClientMessage) => void) {
    this.#send = send;
  }

  /** Tiles painted so far. */
  get received(): number {
    return this.#received;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells the server what is visible and asks for what is missing there. */
  show(visible: Visible): void {
    this.#visible = visible;
    this.#send({ type: 'viewport', ...visible });
    this.#refresh = true;
    this.#ask(true);
  }

  /** Small pictures of slides, asked for when the visible area is complete. */
  wantThumbnails(tiles: TileKey[]): void {
    this.#thumbnails = tiles;
    this.#askIn(0);
  }

  async receive(frame: TileFrame): Promise<void> {
    const { png, version, ...key } = frame;
    let image: ImageBitmap;
    try {
      image = await createImageBitmap(new Blob([png], { type: 'image/png' }));
    } catch {
      // Asked for again when the retry time is over.
      return;
    }
    this.#received += 1;
    this.#asked.delete(tileId(key));
    if (this.cache.put(key, version, image)) {
      for (const listener of this.#listeners) listener(key);
    }
    if (this.#asked.size === 0) this.#ask(false);
  }

  /**
   * Notes that what was painted there is stale. The server repaints the visible area by itself, and sends
   * only what looks different then; so nothing is asked for but slides of the list.
   */
  invalidate(part: number, rect: Rect | null, version: number): void {
    this.cache.invalidate(part, rect, version);
    if (this.#thumbnails.length > 0) this.#askIn(THUMBNAIL_MS);
  }

  /** After a new connection: what was asked for is forgotten, what was painted may be out of date. */
  restart(): void {
    this.cache.restart();
    this.#asked.clear();
    if (this.#visible !== null) this.show(this.#visible);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.cache.clear();
    this.#listeners.clear();
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(true), ms);
  }

  #ask(again: boolean): void {
    clearTimeout(this.#timer);
    const list = this.#missing();
    const first = list[0];
    if (first === undefined) {
      this.#asked.clear();
      this.#refresh = false;
      return;
    }
    const known = !again && list.every((key) => this.#asked.has(tileId(key)));
    if (!known) {
      this.#asked = new Set(list.map(tileId));
      this.#send({
        type: 'tiles',
        part: first.part,
        tileTwips: first.tileTwips,
        tilePixels: first.tilePixels,
        tiles: list.map((key) => [key.column, key.row]),
      });
    }
    this.#timer = setTimeout(() => this.#ask(true), RETRY_MS);
  }

  /** One list has one part and zoom: the visible area, a ring around it, then slide by slide. */
  #missing(): TileKey[] {
    const visible = this.#visible;
    const thumbnail = this.#thumbnails.find((key) => this.cache.peek(key)?.stale !== false);
    if (visible !== null) {
      const { part, tileTwips, tilePixels } = visible;
      const rect: Rect = [visible.x, visible.y, visible.width, visible.height];
      const near = tilesIn(rect, tileTwips);
      const nearIds = new Set(near.map((tile) => `${tile.column}/${tile.row}`));
      const isNear = (tile: TileAt): boolean => nearIds.has(`${tile.column}/${tile.row}`);
      const ring = tilesIn(grow(rect, tileTwips), tileTwips).filter((tile) => !isNear(tile));
      const keyOf = (tile: TileAt): TileKey => ({ part, tileTwips, tilePixels, ...tile });
      const isMissing = (key: TileKey): boolean => this.cache.peek(key) === undefined;
      const missing = [...near, ...ring].map(keyOf).filter(isMissing);
      // A new list replaces what the server was about to repaint, so these go before anything else.
      const stale = near.map(keyOf).filter((key) => this.cache.peek(key)?.stale === true);
      const others = thumbnail !== undefined || missing.length > 0;
      if (others || this.#refresh) {
        const list = [
          ...missing.filter(isNear),
          ...stale,
          ...missing.filter((key) => !isNear(key)),
        ];
        if (list.length > 0) return list.slice(0, MOST_TILES);
      }
      this.#refresh = false;
    }
    return thumbnail === undefined ? [] : [thumbnail];
  }
}
