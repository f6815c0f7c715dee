import { describe, expect, it } from 'vitest';
import {
  baseCode,
  engineInput,
  isPrintable,
  onlyMoves,
  shortcutOf,
  type KeyStroke,
} from './keys.js';

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

const key = (char: number, code: number) => ({ kind: 'key', char, code });
const keyOf = (of: KeyStroke) => engineInput(of, 'word');

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
    expect(keyOf(stroke('a'))).toEqual(key(97, 512));
    expect(keyOf(stroke('A', { shift: true }))).toEqual(key(65, 512 | 0x1000));
    expect(keyOf(stroke('é'))).toEqual(key(0xe9, 0));
  });

  it('are text where the engine has no character for it', () => {
    expect(keyOf(stroke('😀'))).toEqual({ kind: 'text', text: '😀' });
  });

  it('carry modifiers with named keys', () => {
    expect(keyOf(stroke('ArrowLeft', { shift: true, ctrl: true }))).toEqual(key(0, 1026 | 0x3000));
    expect(keyOf(stroke('Enter'))).toEqual(key(13, 1280));
    expect(keyOf(stroke('a', { ctrl: true }))).toEqual(key(0, 512 | 0x2000));
  });

  it('treat Cmd as Ctrl', () => {
    expect(keyOf(stroke('ArrowUp', { meta: true }))).toEqual(key(0, 1025 | 0x2000));
  });

  it('type what AltGr and Option make, without the modifiers', () => {
    expect(keyOf(stroke('@', { ctrl: true, alt: true, altGraph: true }))).toEqual(key(64, 0));
    expect(keyOf(stroke('€', { alt: true }))).toEqual(key(0x20ac, 0));
  });

  it('edit a cell and break a line in it, in sheets only', () => {
    expect(engineInput(stroke('F2'), 'cell')).toEqual(key(0, 769));
    expect(engineInput(stroke('Enter', { alt: true }), 'cell')).toEqual(key(0, 1280 | 0x4000));
    expect(engineInput(stroke('F2'), 'word')).toBeNull();
    expect(engineInput(stroke('Enter', { alt: true }), 'word')).toBeNull();
  });

  it.each([
    ['Control', { ctrl: true }],
    ['MediaPlayPause', {}],
    ['F5', {}],
    ['ArrowLeft', { alt: true }],
    ['Insert', {}],
    ['o', { ctrl: true }],
    ['1', { ctrl: true }],
    ['a', { ctrl: true, shift: true }],
  ])('leave %s to the browser', (name, more) => {
    expect(engineInput(stroke(name, more), 'cell')).toBeNull();
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
    expect(onlyMoves(512 | 0x2000)).toBe(true);
  });
});
