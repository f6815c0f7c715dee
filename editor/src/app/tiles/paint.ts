import type { DocumentKind } from '../live/protocol.js';
import type { TileCache } from './cache.js';
import { TILE_CSS, pixelsPerTwip, tilesIn } from './geometry.js';
import { visibleArea, type Layout, type Point, type Size } from './layout.js';

export interface Scene {
  kind: DocumentKind;
  document: Size;
  layout: Layout;
  window: Size;
  scroll: Point;
  part: number;
  tilePixels: number;
  devicePixelRatio: number;
}

/**
 * Paints the visible tiles; a missing one shows what other zooms have there, or white paper. False when
 * something was missing.
 */
export function paintScene(
  canvas: HTMLCanvasElement,
  cache: TileCache<ImageBitmap>,
  scene: Scene,
): boolean {
  const context = canvas.getContext('2d');
  if (context === null) return false;
  const { layout, scroll, devicePixelRatio: ratio } = scene;
  const width = Math.round(scene.window.width * ratio);
  const height = Math.round(scene.window.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.clearRect(0, 0, width, height);
  const area = visibleArea(scene.kind, layout, scene.document, scene.window, scroll);
  if (area === null) return true;

  const deviceX = (twips: number, perTwip: number): number =>
    Math.round((twips * perTwip + layout.margin.x - scroll.x) * ratio);
  const deviceY = (twips: number, perTwip: number): number =>
    Math.round((twips * perTwip + layout.margin.y - scroll.y) * ratio);
  const perTwip = pixelsPerTwip(layout.tileTwips);

  context.save();
  if (scene.kind === 'slide') {
    const left = deviceX(0, perTwip);
    const top = deviceY(0, perTwip);
    const right = deviceX(scene.document.width, perTwip);
    const bottom = deviceY(scene.document.height, perTwip);
    context.fillStyle = '#fff';
    context.shadowColor = 'rgb(0 0 0 / 0.25)';
    context.shadowBlur = 8 * ratio;
    context.shadowOffsetY = 2 * ratio;
    context.fillRect(left, top, right - left, bottom - top);
    context.shadowColor = 'transparent';
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
  } else if (scene.kind === 'cell') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
  }

  const { tilePixels, part } = scene;
  const { tileTwips } = layout;
  const tiles = tilesIn(area, tileTwips).map((at) => ({
    at,
    tile: cache.get({ part, tileTwips, tilePixels, ...at }),
  }));
  const complete = tiles.every(({ tile }) => tile !== undefined);
  if (!complete) {
    for (const other of cache.others(part, tileTwips)) {
      const x = deviceX(other.column * other.tileTwips, perTwip);
      const y = deviceY(other.row * other.tileTwips, perTwip);
      const side = Math.ceil(other.tileTwips * perTwip * ratio);
      if (x > width || y > height || x + side < 0 || y + side < 0) continue;
      context.drawImage(other.image, x, y, side, side);
    }
  }
  const side = Math.round(TILE_CSS * ratio);
  for (const { at, tile } of tiles) {
    if (tile === undefined) continue;
    const x = deviceX(at.column * tileTwips, perTwip);
    const y = deviceY(at.row * tileTwips, perTwip);
    context.clearRect(x, y, side, side);
    context.drawImage(tile.image, x, y, side, side);
  }
  context.restore();
  return complete;
}
