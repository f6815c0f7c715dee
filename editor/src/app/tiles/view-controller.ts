import { listenToClipboard, listenToDrops } from '../input/clipboard.js';
import { listenToKeyboard } from '../input/keyboard.js';
import type { Shortcut } from '../input/keys.js';
import { listenToPointer } from '../input/pointer.js';
import type { Rect } from '../live/protocol.js';
import { paintColumnHeaders, paintRowHeaders } from '../overlay/paint-headers.js';
import type { Editor } from '../state/editor.js';
import { hover } from '../overlay/hover.js';
import {
  TWIPS_AT_100,
  nextZoom,
  pixelsPerTwip,
  tilePixelsAt,
  tileTwipsAt,
  zoomOf,
  zoomToFit,
} from './geometry.js';
import {
  layOut,
  scrollAfterZoom,
  scrollToShow,
  toTwips,
  visibleArea,
  type Layout,
  type Point,
  type Size,
} from './layout.js';
import { paintScene } from './paint.js';

export interface ViewElements {
  scroller: HTMLElement;
  content: HTMLElement;
  canvas: HTMLCanvasElement;
  layer: HTMLElement;
  field: HTMLTextAreaElement;
  columns: HTMLCanvasElement | null;
  rows: HTMLCanvasElement | null;
}

/** While scrolling or zooming, the server is told of the visible area this often at most. */
const SHOW_MS = 60;
/** The engine itself needs to know the area only when it has come to rest. */
const AREA_MS = 250;
/** Narrower windows are those of phones. */
const PHONE = 600;
/** Place in the document (CSS pixels at this zoom) where the view has come to stay for a part. */
type Kept = { x: number; y: number };

/** Keeps scroll position, zoom, canvas and hidden text field in step with the state. */
export class ViewController {
  readonly #editor: Editor;
  readonly #elements: ViewElements;
  readonly #stops: (() => void)[] = [];
  #layout: Layout;
  #window: Size = { width: 0, height: 0 };
  #frame = 0;
  #showTimer: ReturnType<typeof setTimeout> | undefined;
  #areaTimer: ReturnType<typeof setTimeout> | undefined;
  #shown = '';
  #part = -1;
  #caret: Rect | null = null;
  #anchor: Point | null = null;
  #fitted = false;
  readonly #scrolls = new Map<number, Kept>();

  constructor(editor: Editor, elements: ViewElements) {
    this.#editor = editor;
    this.#elements = elements;
    this.#layout = layOut('word', { width: 0, height: 0 }, TWIPS_AT_100, this.#window);
    const { scroller, field } = elements;

    const resized = new ResizeObserver(() => this.#measure());
    resized.observe(scroller);
    this.#stops.push(() => resized.disconnect());

    this.#listen(scroller, 'scroll', () => this.#paintSoon());
    this.#listen(scroller, 'wheel', (event) => this.#wheel(event as WheelEvent), {
      passive: false,
    });
    this.#listen(scroller, 'touchmove', () => (editor.follow = false), { passive: true });
    this.#listen(window, 'resize', () => this.#measure());
    this.#listen(field, 'focus', () => (editor.state.focused.value = true));
    this.#listen(field, 'blur', () => (editor.state.focused.value = false));

    this.#stops.push(
      editor.tiles.subscribe(() => this.#paintSoon()),
      listenToKeyboard(field, {
        input: (input) => editor.input(input),
        shortcut: (shortcut) => this.#shortcut(shortcut),
        documentKind: () => editor.state.document.value?.kind ?? 'word',
        leaveDocument: () =>
          document
            .querySelector<HTMLElement>('[role="toolbar"] [tabindex="0"], .zoom button')
            ?.focus(),
      }),
      listenToClipboard(field, editor),
      listenToDrops(document.body, editor),
      listenToPointer(scroller, {
        input: (input) => {
          editor.follow = false;
          editor.input(input);
        },
        toDocument: (at) => toTwips(this.#layout, this.#scroll, at),
        scrollBy: (x, y) => scroller.scrollBy(x, y),
        focus: () => field.focus({ preventScroll: true }),
        touch: (used) => (editor.state.touch.value = used),
        hover: (at) => {
          const place = at === null ? null : toTwips(this.#layout, this.#scroll, at);
          hover.value = place && { ...place, scale: pixelsPerTwip(this.#layout.tileTwips) };
        },
      }),
    );
    editor.focusDocument = () => field.focus({ preventScroll: true });
    editor.reveal = (place) => {
      editor.follow = false;
      this.#scrollTo(scrollToShow(this.#layout, this.#window, this.#scroll, place));
    };
    this.#measure();
  }

  /** Runs in an effect: everything read here that changes brings a new layout or picture. */
  update(): void {
    const { state } = this.#editor;
    const { kind } = state.document.value ?? { kind: 'word' as const };
    const part = state.part.value;
    const size = state.size.value;
    const tileTwips = state.tileTwips.value;
    const fit = state.fitWidth.value;
    const caret = state.caret.value ?? state.cell.value?.rect ?? null;
    // Headers show where the cell cursor is.
    void state.sheet.value;
    void state.cellArea.value;
    if (this.#window.width === 0) return;
    if (!this.#fitted && size.width > 0) {
      this.#fitted = true;
      this.#firstZoom();
      return;
    }
    if (fit && kind !== 'cell') {
      const fitting = tileTwipsAt(this.#fittingZoom());
      if (fitting !== tileTwips) {
        state.tileTwips.value = fitting;
        return;
      }
    }
    const former = this.#layout;
    const scroll = this.#scroll;
    this.#layout = layOut(kind, size, tileTwips, this.#window);
    const { content } = this.#elements;
    content.style.width = `${this.#layout.content.width}px`;
    content.style.height = `${this.#layout.content.height}px`;
    if (part !== this.#part) {
      this.#scrolls.set(this.#part, scroll);
      this.#part = part;
      const kept = kind === 'cell' ? this.#scrolls.get(part) : undefined;
      this.#scrollTo(kept ?? { x: 0, y: 0 });
    } else if (former.tileTwips !== tileTwips) {
      const x = kind === 'cell' ? 0 : this.#window.width / 2;
      const anchor = this.#anchor ?? { x, y: 0 };
      this.#scrollTo(scrollAfterZoom(former, this.#layout, scroll, anchor));
    }
    this.#anchor = null;
    if (caret !== this.#caret) {
      this.#caret = caret;
      if (caret !== null && this.#editor.follow) {
        this.#scrollTo(scrollToShow(this.#layout, this.#window, this.#scroll, caret));
      }
    }
    this.#placeField(caret);
    this.#paintSoon();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#showTimer);
    clearTimeout(this.#areaTimer);
    for (const stop of this.#stops) stop();
    this.#editor.focusDocument = () => undefined;
    this.#editor.reveal = () => undefined;
  }

  get #scroll(): Point {
    const { scrollLeft, scrollTop } = this.#elements.scroller;
    return { x: scrollLeft, y: scrollTop };
  }

  #scrollTo(at: Point): void {
    this.#elements.scroller.scrollTo({ left: at.x, top: at.y, behavior: 'instant' });
  }

  #listen(
    target: EventTarget,
    name: string,
    listener: (event: Event) => void,
    options?: AddEventListenerOptions,
  ): void {
    target.addEventListener(name, listener, options);
    this.#stops.push(() => target.removeEventListener(name, listener));
  }

  #measure(): void {
    const { scroller } = this.#elements;
    this.#window = { width: scroller.clientWidth, height: scroller.clientHeight };
    this.update();
  }

  #fittingZoom(): number {
    const { state } = this.#editor;
    const { width, height } = state.size.value;
    const kind = state.document.value?.kind;
    const desk = this.#window.width < PHONE ? 16 : 48;
    const byWidth = zoomToFit(width, this.#window.width - desk);
    // A slide is looked at whole.
    return kind === 'slide'
      ? Math.min(byWidth, zoomToFit(height, this.#window.height - desk))
      : byWidth;
  }

  #firstZoom(): void {
    const { state } = this.#editor;
    const kind = state.document.value?.kind;
    const wished = state.startZoom;
    // Once: a document that is shown again is shown as it was left.
    state.startZoom = null;
    // A page that was asked for in its natural size would be cut off on a phone.
    const tooWide = this.#window.width < PHONE && kind !== 'cell' && this.#fittingZoom() < 1;
    if (wished === 'width') state.fitWidth.value = kind !== 'cell';
    else if (wished !== null && !tooWide) state.tileTwips.value = tileTwipsAt(wished);
    else if (kind === 'slide' || (kind === 'word' && this.#fittingZoom() < 1)) {
      state.fitWidth.value = true;
    }
    this.update();
  }

  #zoomTo(zoom: number, anchor: Point | null): void {
    const { state } = this.#editor;
    this.#anchor = anchor;
    state.fitWidth.value = false;
    state.tileTwips.value = tileTwipsAt(zoom);
  }

  #wheel(event: WheelEvent): void {
    this.#editor.follow = false;
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.#elements.scroller.getBoundingClientRect();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.#zoomTo(
      zoomOf(this.#editor.state.tileTwips.value) * Math.exp(-event.deltaY * lines * 0.002),
      { x: event.clientX - box.left, y: event.clientY - box.top },
    );
  }

  #shortcut(shortcut: Shortcut): void {
    const editor = this.#editor;
    const zoom = zoomOf(editor.state.tileTwips.value);
    switch (shortcut.do) {
      case 'command':
        editor.command(shortcut.name);
        return;
      case 'save':
        editor.save();
        return;
      case 'zoomIn':
        this.#zoomTo(nextZoom(zoom, 1), null);
        return;
      case 'zoomOut':
        this.#zoomTo(nextZoom(zoom, -1), null);
        return;
      case 'zoomReset':
        this.#zoomTo(1, null);
        return;
      case 'link':
        document.querySelector<HTMLElement>('[data-testid="toolbar-link"]')?.click();
        return;
      case 'clipboard':
        return;
    }
  }

  /** The hidden field is at the caret, where input methods open their windows. */
  #placeField(caret: Rect | null): void {
    const { field } = this.#elements;
    const scale = pixelsPerTwip(this.#layout.tileTwips);
    const [x, y, , height] = caret ?? [0, 0, 0, 0];
    field.style.transform = `translate(${Math.round(x * scale)}px, ${Math.round(y * scale)}px)`;
    field.style.height = `${Math.max(12, Math.round(height * scale))}px`;
  }

  #paintSoon(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#frame = 0;
    const { state, tiles } = this.#editor;
    const document = state.document.peek();
    if (document === null || this.#window.width === 0) return;
    const scroll = this.#scroll;
    const layout = this.#layout;
    const ratio = window.devicePixelRatio;
    const tilePixels = tilePixelsAt(ratio);
    const scene = {
      kind: document.kind,
      document: state.size.peek(),
      layout,
      window: this.#window,
      scroll,
      part: state.part.peek(),
      tilePixels,
      devicePixelRatio: ratio,
    };
    this.#elements.layer.style.transform = `translate(${layout.margin.x - scroll.x}px, ${layout.margin.y - scroll.y}px)`;
    this.#elements.canvas.style.width = `${this.#window.width}px`;
    this.#elements.canvas.style.height = `${this.#window.height}px`;
    const complete = paintScene(this.#elements.canvas, tiles.cache, scene);
    this.#elements.canvas.dataset.complete = String(complete);
    const { columns, rows } = this.#elements;
    const sheet = state.sheet.peek();
    if (columns !== null && rows !== null && sheet !== null) {
      const cell = state.cell.peek();
      const area = state.cellArea.peek() ?? cell?.rect ?? null;
      const headers = { sheet, layout, scroll, tilePixels, ratio, area };
      paintColumnHeaders(columns, this.#window, headers);
      paintRowHeaders(rows, this.#window, headers);
    }
    this.#showSoon();
  }

  #showSoon(): void {
    this.#showTimer ??= setTimeout(() => {
      this.#showTimer = undefined;
      this.#show();
    }, SHOW_MS);
  }

  #show(): void {
    const { state, tiles } = this.#editor;
    const document = state.document.peek();
    if (document === null) return;
    const area = visibleArea(
      document.kind,
      this.#layout,
      state.size.peek(),
      this.#window,
      this.#scroll,
    );
    if (area === null) return;
    const [x, y, width, height] = area;
    const view = {
      tileTwips: this.#layout.tileTwips,
      tilePixels: tilePixelsAt(window.devicePixelRatio),
      x,
      y,
      width,
      height,
    };
    const part = document.kind === 'word' ? 0 : state.part.peek();
    const id = JSON.stringify([part, view]);
    if (id === this.#shown) return;
    this.#shown = id;
    tiles.show({ part, ...view });
    clearTimeout(this.#areaTimer);
    this.#areaTimer = setTimeout(() => this.#editor.area(view), AREA_MS);
  }
}
