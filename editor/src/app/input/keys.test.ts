import { describe, expect, it } from 'vitest';
import { baseCode, engineKey, isPrintable, onlyMoves, shortcutOf, type KeyStroke } from './keys.js';

const stroke = (key: string, more: Partial<KeyStroke> = {}): KeyStroke => ({
  key,
  code: '',
  shift: false,
  ctrl: false,
  alt: false,
  meta: false,
  altGraph: false,
  ...more,
});

describe('key codes', () => {
  it.each([
    ['a', 512],
    ['Z', 537],
    ['0', 256],
    ['9', 265],
    ['F1', 768],
    ['F12', 779],
    ['ArrowDown', 1024],
    ['PageDown', 1031],
    ['Enter', 1280],
    ['Delete', 1286],
    [' ', 1284],
    ['é', 0],
    ['Shift', 0],
  ])('%s is %d', (key, code) => expect(baseCode(key)).toBe(code));

  it('finds letters by their place on keyboards of other scripts', () => {
    expect(baseCode('ф', 'KeyA')).toBe(512);
  });
});

describe('engine keys', () => {
  it('carry character and code', () => {
    expect(engineKey(stroke('a'))).toEqual({ char: 97, code: 512 });
    expect(engineKey(stroke('A', { shift: true }))).toEqual({ char: 65, code: 512 | 0x1000 });
    expect(engineKey(stroke('é'))).toEqual({ char: 0xe9, code: 0 });
    expect(engineKey(stroke('😀'))).toEqual({ char: 0x1f600, code: 0 });
  });

  it('carry modifiers with named keys', () => {
    expect(engineKey(stroke('ArrowLeft', { shift: true, ctrl: true }))).toEqual({
      char: 0,
      code: 1026 | 0x3000,
    });
    expect(engineKey(stroke('Enter'))).toEqual({ char: 13, code: 1280 });
  });

  it('treat Cmd as Ctrl', () => {
    expect(engineKey(stroke('ArrowUp', { meta: true }))?.code).toBe(1025 | 0x2000);
  });

  it('type what AltGr and Option make, without the modifiers', () => {
    expect(engineKey(stroke('@', { ctrl: true, alt: true, altGraph: true }))).toEqual({
      char: 64,
      code: 0,
    });
    expect(engineKey(stroke('€', { alt: true }))).toEqual({ char: 0x20ac, code: 0 });
  });

  it('ignore lone modifiers and unknown keys', () => {
    expect(engineKey(stroke('Control', { ctrl: true }))).toBeNull();
    expect(engineKey(stroke('MediaPlayPause'))).toBeNull();
  });
});

describe('printable keys', () => {
  it('are single characters that are no chord', () => {
    expect(isPrintable(stroke('x'))).toBe(true);
    expect(isPrintable(stroke('x', { ctrl: true }))).toBe(false);
    expect(isPrintable(stroke('x', { alt: true }))).toBe(false);
    expect(isPrintable(stroke('Enter'))).toBe(false);
  });
});

describe('shortcuts', () => {
  it.each([
    ['b', {}, { do: 'command', name: '.uno:Bold' }],
    ['z', {}, { do: 'command', name: '.uno:Undo' }],
    ['Z', { shift: true }, { do: 'command', name: '.uno:Redo' }],
    ['s', {}, { do: 'save' }],
    ['c', {}, { do: 'clipboard' }],
    ['+', {}, { do: 'zoomIn' }],
    ['w', {}, 'browser'],
    ['я', { code: 'KeyZ' }, { do: 'command', name: '.uno:Undo' }],
  ] as const)('Ctrl+%s', (key, more, expected) => {
    expect(shortcutOf(stroke(key, { ctrl: true, ...more }))).toEqual(expected);
    expect(shortcutOf(stroke(key, { meta: true, ...more }))).toEqual(expected);
  });

  it('are not made by AltGr', () => {
    expect(shortcutOf(stroke('s', { ctrl: true, alt: true, altGraph: true }))).toBeUndefined();
  });
});

describe('keys of a viewer', () => {
  it('move, with or without a selection', () => {
    expect(onlyMoves(1024 | 0x1000)).toBe(true);
    expect(onlyMoves(1283)).toBe(false);
    expect(onlyMoves(512)).toBe(false);
  });
});
