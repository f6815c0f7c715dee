import type { Input } from '../live/protocol.js';
import type { Point } from '../tiles/layout.js';
import { modifierBits } from './keys.js';

export interface PointerHandlers {
  input(input: Input): void;
  /** Twips under a place in the window (CSS pixels). */
  toDocument(at: Point): Point;
  scrollBy(x: number, y: number): void;
  focus(): void;
  hover(at: Point | null): void;
  touch(used: boolean): void;
}

const MULTI_CLICK_MS = 450;
const MULTI_CLICK_PX = 6;
const TAP_PX = 12;
/** How fast a drag beyond the edge scrolls, for each pixel beyond it and frame. */
const AUTOSCROLL = 0.25;
const AUTOSCROLL_MOST = 40;

const BUTTONS: Readonly<Record<number, number>> = { 0: 1, 1: 2 };

/** Turns mouse, pen and touch in the document's window into mouse inputs. Touch scrolls, a tap clicks. */
export function listenToPointer(window_: HTMLElement, handlers: PointerHandlers): () => void {
  let drag: { id: number; buttons: number; count: number } | null = null;
  let tap: { id: number; at: Point } | null = null;
  let last = { at: { x: 0, y: 0 }, time: 0, count: 0 };
  let latest: PointerEvent | null = null;
  let frame = 0;

  const place = (event: MouseEvent): Point => {
    const box = window_.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const modifiers = (event: MouseEvent): number =>
    modifierBits({
      shift: event.shiftKey,
      ctrl: event.ctrlKey,
      alt: event.altKey,
      meta: event.metaKey,
    });

  const mouse = (
    action: 'down' | 'up' | 'move',
    event: MouseEvent,
    count: number,
    buttons: number,
  ): void =>
    handlers.input({
      kind: 'mouse',
      action,
      ...handlers.toDocument(place(event)),
      count,
      buttons,
      modifiers: modifiers(event),
    });

  const clicks = (at: Point, time: number): number => {
    const again =
      time - last.time < MULTI_CLICK_MS &&
      Math.abs(at.x - last.at.x) < MULTI_CLICK_PX &&
      Math.abs(at.y - last.at.y) < MULTI_CLICK_PX;
    last = { at, time, count: again ? (last.count % 3) + 1 : 1 };
    return last.count;
  };

  const beyond = (value: number, space: number): number =>
    value < 0 ? value : value > space ? value - space : 0;

  // One movement for each frame, and scrolling as long as the pointer is beyond an edge.
  const step = (): void => {
    frame = 0;
    if (drag === null || latest === null) return;
    const at = place(latest);
    const x = beyond(at.x, window_.clientWidth);
    const y = beyond(at.y, window_.clientHeight);
    const speed = (value: number): number =>
      Math.sign(value) * Math.min(Math.abs(value) * AUTOSCROLL, AUTOSCROLL_MOST);
    if (x !== 0 || y !== 0) handlers.scrollBy(speed(x), speed(y));
    mouse('move', latest, 1, drag.buttons);
    if (x !== 0 || y !== 0) frame = requestAnimationFrame(step);
  };

  const overScrollbar = (at: Point): boolean =>
    at.x >= window_.clientWidth || at.y >= window_.clientHeight;

  const click = (event: MouseEvent, count: number): void => {
    mouse('down', event, count, 1);
    mouse('up', event, count, 1);
  };

  const down = (event: PointerEvent): void => {
    handlers.touch(event.pointerType === 'touch');
    if (event.pointerType === 'touch') {
      tap = event.isPrimary ? { id: event.pointerId, at: place(event) } : null;
      return;
    }
    if (overScrollbar(place(event))) return;
    event.preventDefault();
    handlers.focus();
    const buttons = BUTTONS[event.button];
    // The right button would open the engine's own menu, which has no place here.
    if (buttons === undefined || drag !== null) return;
    const count = clicks(place(event), event.timeStamp);
    drag = { id: event.pointerId, buttons, count };
    window_.setPointerCapture(event.pointerId);
    mouse('down', event, count, buttons);
  };

  const move = (event: PointerEvent): void => {
    if (event.pointerType !== 'touch') handlers.hover(place(event));
    if (drag?.id !== event.pointerId) return;
    latest = event;
    if (frame === 0) frame = requestAnimationFrame(step);
  };

  const up = (event: PointerEvent): void => {
    if (tap?.id === event.pointerId) {
      const at = place(event);
      const still = Math.abs(at.x - tap.at.x) < TAP_PX && Math.abs(at.y - tap.at.y) < TAP_PX;
      tap = null;
      if (!still) return;
      click(event, clicks(at, event.timeStamp));
      handlers.focus();
      return;
    }
    if (drag?.id !== event.pointerId) return;
    const { count, buttons } = drag;
    cancelAnimationFrame(frame);
    frame = 0;
    if (latest !== null) mouse('move', latest, 1, buttons);
    drag = null;
    latest = null;
    mouse('up', event, count, buttons);
  };

  const cancel = (event: PointerEvent): void => {
    if (tap?.id === event.pointerId) tap = null;
    if (drag?.id === event.pointerId) up(event);
  };

  const leave = (): void => handlers.hover(null);

  const menu = (event: MouseEvent): void => {
    event.preventDefault();
    // With a finger this is a long press: it selects the word, as a double click does.
    if (tap === null) return;
    tap = null;
    click(event, 1);
    click(event, 2);
    handlers.focus();
  };

  window_.addEventListener('pointerdown', down);
  window_.addEventListener('pointermove', move);
  window_.addEventListener('pointerup', up);
  window_.addEventListener('pointercancel', cancel);
  window_.addEventListener('pointerleave', leave);
  window_.addEventListener('contextmenu', menu);
  return () => {
    cancelAnimationFrame(frame);
    window_.removeEventListener('pointerdown', down);
    window_.removeEventListener('pointermove', move);
    window_.removeEventListener('pointerup', up);
    window_.removeEventListener('pointercancel', cancel);
    window_.removeEventListener('pointerleave', leave);
    window_.removeEventListener('contextmenu', menu);
  };
}
