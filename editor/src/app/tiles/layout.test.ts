import { describe, expect, it } from 'vitest';
import { layOut, scrollAfterZoom, scrollToShow, toTwips, visibleArea } from './layout.js';

const window_ = { width: 1000, height: 800 };
const page = { width: 12000, height: 17000 };

describe('layout', () => {
  it('centres a page that is narrower than the window', () => {
    const layout = layOut('word', page, 3840, window_);
    expect(layout.margin.x).toBe(100);
    expect(layout.content.width).toBe(1000);
  });

  it('leaves room beyond the used area of a sheet', () => {
    const layout = layOut('cell', { width: 3840, height: 3840 }, 3840, window_);
    expect(layout.margin).toEqual({ x: 0, y: 0 });
    expect(layout.content).toEqual({ width: 1256, height: 1056 });
  });

  it('turns a place on the screen into one in the document', () => {
    const layout = layOut('word', page, 3840, window_);
    expect(toTwips(layout, { x: 0, y: 100 }, { x: 100, y: 24 })).toEqual({ x: 0, y: 1500 });
    expect(toTwips(layout, { x: 0, y: 0 }, { x: 0, y: 0 })).toEqual({ x: 0, y: 0 });
  });

  it('keeps the place under the mouse when zooming', () => {
    const from = layOut('word', page, 3840, window_);
    const to = layOut('word', page, 1920, window_);
    const anchor = { x: 300, y: 200 };
    const scroll = { x: 0, y: 500 };
    const before = toTwips(from, scroll, anchor);
    const after = toTwips(to, scrollAfterZoom(from, to, scroll, anchor), anchor);
    expect(after).toEqual(before);
  });

  it('shows what is out of sight, and does not move for what is in sight', () => {
    const layout = layOut('word', page, 3840, window_);
    const there = scrollToShow(layout, window_, { x: 0, y: 0 }, [2000, 15000, 10, 300]);
    expect(there.y).toBeGreaterThan(200);
    expect(scrollToShow(layout, window_, there, [2000, 15000, 10, 300])).toEqual(there);
  });

  it('sees nothing of a document that is scrolled away', () => {
    const layout = layOut('word', page, 3840, window_);
    expect(visibleArea('word', layout, page, window_, { x: 0, y: 5000 })).toBeNull();
    expect(visibleArea('cell', layout, page, window_, { x: 0, y: 5000 })).not.toBeNull();
  });
});
