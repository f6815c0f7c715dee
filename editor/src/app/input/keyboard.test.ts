// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '../live/protocol.js';
import { listenToKeyboard } from './keyboard.js';
import type { Shortcut } from './keys.js';

describe('hidden text field', () => {
  let field: HTMLTextAreaElement;
  let inputs: Input[];
  let shortcuts: Shortcut[];
  let left: number;
  let stop: () => void;

  beforeEach(() => {
    field = document.createElement('textarea');
    document.body.append(field);
    inputs = [];
    shortcuts = [];
    left = 0;
    stop = listenToKeyboard(field, {
      input: (input) => inputs.push(input),
      shortcut: (shortcut) => shortcuts.push(shortcut),
      documentKind: () => 'word',
      leaveDocument: () => left++,
    });
  });

  afterEach(() => {
    stop();
    field.remove();
  });

  const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more });
    field.dispatchEvent(event);
    return event;
  };
  const before = (inputType: string, data: string | null = null): void => {
    field.dispatchEvent(new InputEvent('beforeinput', { inputType, data, cancelable: true }));
  };
  const compose = (type: string, data: string): void => {
    // The simulated DOM has composition events without data.
    field.dispatchEvent(Object.assign(new Event(type), { data }));
  };

  it('sends keys and keeps the browser from typing them', () => {
    expect(press('a').defaultPrevented).toBe(true);
    expect(inputs).toEqual([{ kind: 'key', char: 97, code: 512 }]);
  });

  it('leaves dead keys and keys of input methods to the events that follow', () => {
    expect(press('Dead').defaultPrevented).toBe(false);
    press('a', { isComposing: true });
    press('Process');
    expect(inputs).toEqual([]);
  });

  it('sends a composition as it grows, and once as text', () => {
    compose('compositionstart', '');
    compose('compositionupdate', 'に');
    press('ArrowLeft', { isComposing: true });
    compose('compositionupdate', 'にほん');
    before('insertCompositionText', 'にほん');
    compose('compositionend', '日本');
    expect(inputs).toEqual([
      { kind: 'compose', text: 'に' },
      { kind: 'compose', text: 'にほん' },
      { kind: 'text', text: '日本' },
    ]);
  });

  it('takes a cancelled composition back', () => {
    compose('compositionstart', '');
    compose('compositionupdate', 'x');
    compose('compositionend', '');
    expect(inputs.at(-1)).toEqual({ kind: 'compose', text: '' });
  });

  it('understands on-screen keyboards, which have no keys', () => {
    press('Unidentified');
    before('insertText', 'hello');
    before('deleteContentBackward');
    before('insertLineBreak');
    expect(inputs).toEqual([
      { kind: 'text', text: 'hello' },
      { kind: 'key', char: 8, code: 1283 },
      { kind: 'key', char: 13, code: 1280 },
    ]);
  });

  it('reports shortcuts, and leaves those of the browser alone', () => {
    press('s', { ctrlKey: true });
    expect(press('t', { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(press('c', { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(shortcuts).toEqual([{ do: 'save' }]);
    expect(inputs).toEqual([]);
  });

  it('has a way out by keyboard', () => {
    press('F10', { altKey: true });
    expect(left).toBe(1);
  });

  it('never keeps a text', () => {
    field.value = 'left behind';
    field.dispatchEvent(new InputEvent('input'));
    expect(field.value).toBe('\u200b');
  });
});
