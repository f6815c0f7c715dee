import type { DocumentKind, Input } from '../live/protocol.js';

/** Key codes of the engine (com.sun.star.awt.Key) for the keys of a browser's keyboard event. */

export const SHIFT = 0x1000;
export const CTRL = 0x2000;
export const ALT = 0x4000;

export const KEY = {
  DOWN: 1024,
  UP: 1025,
  LEFT: 1026,
  RIGHT: 1027,
  HOME: 1028,
  END: 1029,
  PAGEUP: 1030,
  PAGEDOWN: 1031,
  RETURN: 1280,
  ESCAPE: 1281,
  TAB: 1282,
  BACKSPACE: 1283,
  SPACE: 1284,
  INSERT: 1285,
  DELETE: 1286,
} as const;

const NAMED: Readonly<Record<string, number>> = {
  ArrowDown: KEY.DOWN,
  ArrowUp: KEY.UP,
  ArrowLeft: KEY.LEFT,
  ArrowRight: KEY.RIGHT,
  Home: KEY.HOME,
  End: KEY.END,
  PageUp: KEY.PAGEUP,
  PageDown: KEY.PAGEDOWN,
  Enter: KEY.RETURN,
  Escape: KEY.ESCAPE,
  Tab: KEY.TAB,
  Backspace: KEY.BACKSPACE,
  Insert: KEY.INSERT,
  Delete: KEY.DELETE,
};

/** The character that goes with a named key; the engine wants both for these. */
const NAMED_CHAR: Readonly<Record<string, number>> = { Enter: 13, Tab: 9, Backspace: 8 };

export interface KeyStroke {
  key: string;
  /** Physical key (`KeyA`), for chords on keyboards of other scripts. */
  code: string;
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  meta: boolean;
  altGraph: boolean;
}

export function strokeOf(event: KeyboardEvent): KeyStroke {
  return {
    key: event.key,
    code: event.code,
    shift: event.shiftKey,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    altGraph: event.getModifierState('AltGraph'),
  };
}

export function modifierBits(stroke: {
  shift: boolean;
  ctrl: boolean;
  alt: boolean;
  meta: boolean;
}): number {
  // Cmd on macOS is what Ctrl is elsewhere.
  return (
    (stroke.shift ? SHIFT : 0) | (stroke.ctrl || stroke.meta ? CTRL : 0) | (stroke.alt ? ALT : 0)
  );
}

/** Engine code of a letter, digit or function key; 0 when it has none. */
export function baseCode(key: string, physical = ''): number {
  const named = NAMED[key];
  if (named !== undefined) return named;
  if (key === ' ') return KEY.SPACE;
  if (/^[a-z]$/i.test(key)) return 512 + key.toLowerCase().charCodeAt(0) - 97;
  if (/^[0-9]$/.test(key)) return 256 + key.charCodeAt(0) - 48;
  const functionKey = /^F([1-9]|1[0-9]|2[0-6])$/.exec(key)?.[1];
  if (functionKey !== undefined) return 768 + Number(functionKey) - 1;
  const letter = /^Key([A-Z])$/.exec(physical)?.[1];
  if (letter !== undefined) return 512 + letter.charCodeAt(0) - 65;
  const digit = /^Digit([0-9])$/.exec(physical)?.[1];
  return digit === undefined ? 0 : 256 + Number(digit);
}

/** True for a key that types: one character, without a modifier that makes it a chord. */
export function isPrintable(stroke: KeyStroke): boolean {
  if ([...stroke.key].length !== 1) return false;
  // AltGr is reported as Ctrl+Alt on Windows; Option types characters on macOS.
  if (stroke.altGraph || (stroke.ctrl && stroke.alt)) return true;
  if (stroke.alt) return stroke.key.charCodeAt(0) > 127;
  return !stroke.ctrl && !stroke.meta;
}

const MOVES: ReadonlySet<number> = new Set([
  KEY.DOWN,
  KEY.UP,
  KEY.LEFT,
  KEY.RIGHT,
  KEY.HOME,
  KEY.END,
  KEY.PAGEUP,
  KEY.PAGEDOWN,
  KEY.ESCAPE,
]);

const F2 = 769;
const ENTERS: ReadonlySet<number> = new Set([KEY.RETURN, KEY.TAB, KEY.BACKSPACE, KEY.DELETE]);

/** Letters that the engine takes with Ctrl: select all, and two alignments that browsers leave free. */
const CTRL_LETTERS: ReadonlySet<number> = new Set(
  ['a', 'e', 'j'].map((letter) => baseCode(letter)),
);

function takesCtrl(code: number): boolean {
  return (
    CTRL_LETTERS.has(code) ||
    MOVES.has(code) ||
    code === KEY.RETURN ||
    code === KEY.BACKSPACE ||
    code === KEY.DELETE
  );
}

/**
 * The input for a keystroke; null when the server would refuse it, and for keys that do nothing by
 * themselves. The engine knows characters of 16 bits; others go as text.
 */
export function engineInput(stroke: KeyStroke, kind: DocumentKind): Input | null {
  if (isPrintable(stroke)) {
    const char = stroke.key.codePointAt(0) ?? 0;
    if (char > 0xffff) return { kind: 'text', text: stroke.key };
    const code = baseCode(stroke.key);
    // With AltGr or Option the modifiers made the character and are used up.
    const shift = stroke.shift && code >= 512 && code < 768 ? SHIFT : 0;
    return { kind: 'key', char, code: stroke.altGraph || stroke.alt ? 0 : code | shift };
  }
  const code = baseCode(stroke.key, stroke.code);
  const modifiers = modifierBits(stroke);
  const inSheet = kind === 'cell';
  const taken =
    modifiers & ALT
      ? modifiers === ALT && code === KEY.RETURN && inSheet
      : modifiers & CTRL
        ? takesCtrl(code) && !(CTRL_LETTERS.has(code) && modifiers & SHIFT)
        : ENTERS.has(code) || MOVES.has(code) || (code === F2 && inSheet);
  if (!taken) return null;
  const char = modifiers & (CTRL | ALT) ? 0 : (NAMED_CHAR[stroke.key] ?? 0);
  return { kind: 'key', char, code: code | modifiers };
}

/** True for keys that only move or select, which a viewer may press too. */
export function onlyMoves(code: number): boolean {
  return MOVES.has(code & 0xfff) || code === (baseCode('a') | CTRL);
}

export type Shortcut =
  | { do: 'command'; name: string }
  | { do: 'save' | 'zoomIn' | 'zoomOut' | 'zoomReset' | 'clipboard' | 'link' };

const COMMAND_CHORDS: Readonly<Record<string, string>> = {
  b: '.uno:Bold',
  i: '.uno:Italic',
  u: '.uno:Underline',
  z: '.uno:Undo',
  y: '.uno:Redo',
};

/** Browser chords that must keep working: new tab, close, reload, find, print, developer tools. */
const BROWSER_CHORDS: ReadonlySet<string> = new Set(['t', 'n', 'w', 'r', 'f', 'p', 'q', 'l']);

/**
 * What a chord with Ctrl (or Cmd) means here. `clipboard` is left to the browser's
 * own copy, cut and paste events; undefined is none of our business or a key for the engine.
 */
export function shortcutOf(stroke: KeyStroke): Shortcut | 'browser' | undefined {
  if ((!stroke.ctrl && !stroke.meta) || stroke.alt || stroke.altGraph) return undefined;
  const key = stroke.key.toLowerCase();
  const latin = /^[a-z]$/.test(key)
    ? key
    : (/^Key([A-Z])$/.exec(stroke.code)?.[1]?.toLowerCase() ?? key);
  if (latin === 'c' || latin === 'x' || latin === 'v') return { do: 'clipboard' };
  if (latin === 's') return { do: 'save' };
  if (latin === 'k') return { do: 'link' };
  if (key === '+' || key === '=') return { do: 'zoomIn' };
  if (key === '-') return { do: 'zoomOut' };
  if (key === '0') return { do: 'zoomReset' };
  if (stroke.shift && latin === 'z') return { do: 'command', name: '.uno:Redo' };
  if (stroke.shift && latin === 'i') return 'browser';
  const name = COMMAND_CHORDS[latin];
  if (name !== undefined && !stroke.shift) return { do: 'command', name };
  if (BROWSER_CHORDS.has(latin)) return 'browser';
  return undefined;
}
