import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import type { TileKey } from '../tiles/cache.js';
import { tilePixelsAt } from '../tiles/geometry.js';

/** The tile that shows a whole slide. */
function wholeSlide(part: number, size: { width: number; height: number }): TileKey {
  const side = Math.max(size.width, size.height, 8);
  return {
    part,
    tileTwips: Math.ceil(side / 8) * 8,
    tilePixels: tilePixelsAt(window.devicePixelRatio),
    column: 0,
    row: 0,
  };
}

export function SlideList({ editor }: { editor: Editor }) {
  const { state } = editor;
  const list = useRef<HTMLDivElement>(null);
  const size = state.size.value;
  const current = state.part.value;
  const parts = state.parts.value;

  const seen = useSignal<readonly number[]>([]);

  useEffect(() => {
    const root = list.current;
    if (root === null) return undefined;
    const inSight = new Set<number>();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const index = Number((target as HTMLElement).dataset.index);
          if (isIntersecting) inSight.add(index);
          else inSight.delete(index);
        }
        seen.value = [...inSight].sort((a, b) => a - b);
      },
      { root: root.parentElement, rootMargin: '100px' },
    );
    for (const slide of Array.from(root.children)) observer.observe(slide);
    return () => observer.disconnect();
  }, [parts.length]);

  useEffect(() => {
    editor.tiles.wantThumbnails(seen.value.map((index) => wholeSlide(index, size)));
  }, [editor, seen.value, size]);

  useEffect(() => () => editor.tiles.wantThumbnails([]), [editor]);

  useEffect(() => {
    list.current
      ?.querySelector(`[data-index="${current}"]`)
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);

  const keydown = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    const next = step === undefined ? -1 : current + step;
    if (next < 0 || next >= parts.length) return;
    event.preventDefault();
    editor.goToPart(next);
    list.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };

  return (
    <nav class="slides" aria-label={translate('slides')}>
      <div class="slides__list" role="listbox" ref={list} onKeyDown={keydown}>
        {parts.map((part, index) => (
          <button
            key={index}
            type="button"
            role="option"
            class="slides__slide"
            data-testid="slide-thumb"
            data-index={index}
            data-hidden={part.hidden}
            aria-selected={index === current}
            aria-label={`${translate('slide', { number: index + 1 })} ${part.name}`.trim()}
            title={part.name}
            tabIndex={index === current ? 0 : -1}
            onClick={() => {
              editor.goToPart(index);
              editor.focusDocument();
            }}
          >
            <span class="slides__number">{index + 1}</span>
            <Thumbnail editor={editor} tile={wholeSlide(index, size)} size={size} />
          </button>
        ))}
      </div>
    </nav>
  );
}

function Thumbnail(props: {
  editor: Editor;
  tile: TileKey;
  size: { width: number; height: number };
}) {
  const { editor, tile, size } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = Math.round((tile.tilePixels * size.width) / tile.tileTwips);
  const height = Math.round((tile.tilePixels * size.height) / tile.tileTwips);

  useEffect(() => {
    const draw = (): void => {
      const cached = editor.tiles.cache.get(tile);
      if (cached !== undefined) canvas.current?.getContext('2d')?.drawImage(cached.image, 0, 0);
    };
    draw();
    return editor.tiles.subscribe((key) => {
      if (key.part === tile.part && key.tileTwips === tile.tileTwips) draw();
    });
  }, [editor, tile.part, tile.tileTwips, tile.tilePixels]);

  return (
    <canvas class="slides__picture" width={width} height={height} ref={canvas} aria-hidden="true" />
  );
}
