import { describe, expect, it } from 'vitest';
import { colorFromState, colorNumber } from './colors.js';
import { linkAddress } from './insert.js';
import { howManyFit } from './toolbar.js';

describe('groups in a bar', () => {
  it('are all there when they fit', () => expect(howManyFit([50, 50], 100, 40)).toBe(2));
  it('leave room for the button for the rest', () => {
    expect(howManyFit([50, 50], 99, 40)).toBe(1);
    expect(howManyFit([50, 50], 60, 40)).toBe(0);
  });
});

describe('colours', () => {
  it('go to the engine as numbers and come back', () => {
    expect(colorNumber('#ff0080')).toBe(0xff0080);
    expect(colorFromState('16711808')).toBe('#ff0080');
    expect(colorFromState('0')).toBe('#000000');
    expect(colorFromState('-1')).toBeUndefined();
    expect(colorFromState('')).toBeUndefined();
  });
});

describe('link addresses', () => {
  it.each([
    ['example.org/a', 'https://example.org/a'],
    ['http://example.org', 'http://example.org/'],
    ['ada@example.org', 'mailto:ada@example.org'],
    ['javascript:alert(1)', null],
    ['file:///etc/passwd', null],
    ['  ', null],
  ])('%s', (typed, expected) => expect(linkAddress(typed)).toBe(expected));
});
