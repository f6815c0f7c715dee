import type { DocumentKind, Input } from '../live/protocol.js';
import { KEY, engineInput, shortcutOf, strokeOf, type Shortcut } from './keys.js';

export interface KeyboardHandlers {
  input(input: Input): void;
  shortcut(shortcut: Shortcut): void;
  documentKind(): DocumentKind;
  /** Alt+F10: the way out of the text, in which the Tab key types, to the tools. */
  leaveDocument(): void;
}

/** Keeps something to delete before the caret: some on-screen keyboards say nothing for an empty field. */
const SENTINEL = '\u200b';

/**
 * Turns what happens in the hidden text field into inputs: keys of a keyboard one by one, what an input
 * method or an on-screen keyboard composes as text. The field itself never keeps a text.
 */
export function listenToKeyboard(
  field: HTMLTextAreaElement,
  handlers: KeyboardHandlers,
): () => void {
  let composing = false;
  let composed = '';

  const reset = (): void => {
    if (field.value !== SENTINEL) field.value = SENTINEL;
    if (document.activeElement === field) field.setSelectionRange(1, 1);
  };

  const press = (code: number, char = 0): void => handlers.input({ kind: 'key', char, code });

  const keydown = (event: KeyboardEvent): void => {
    // 229: the key belongs to an input method, whose events follow.
    if (composing || event.isComposing || event.keyCode === 229) return;
    const stroke = strokeOf(event);
    if (stroke.key === 'Dead' || stroke.key === 'Process' || stroke.key === 'Unidentified') return;
    const shortcut = shortcutOf(stroke);
    if (shortcut === 'browser' || shortcut?.do === 'clipboard') return;
    if (shortcut !== undefined) {
      event.preventDefault();
      handlers.shortcut(shortcut);
      return;
    }
    if (stroke.key === 'F10' && stroke.alt) {
      event.preventDefault();
      handlers.leaveDocument();
      return;
    }
    // What the engine does not take is left to the browser.
    const input = engineInput(stroke, handlers.documentKind());
    if (input === null) return;
    event.preventDefault();
    handlers.input(input);
  };

  const beforeInput = (event: InputEvent): void => {
    if (composing || event.isComposing) return;
    switch (event.inputType) {
      case 'insertText':
      case 'insertReplacementText': {
        const text = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
        if (text !== '') handlers.input({ kind: 'text', text });
        break;
      }
      case 'insertLineBreak':
      case 'insertParagraph':
        press(KEY.RETURN, 13);
        break;
      case 'deleteContentBackward':
        press(KEY.BACKSPACE, 8);
        break;
      case 'deleteContentForward':
        press(KEY.DELETE);
        break;
      case 'deleteWordBackward':
      case 'deleteSoftLineBackward':
        press(KEY.BACKSPACE | 0x2000);
        break;
      case 'deleteWordForward':
        press(KEY.DELETE | 0x2000);
        break;
      case 'historyUndo':
        handlers.shortcut({ do: 'command', name: '.uno:Undo' });
        break;
      case 'historyRedo':
        handlers.shortcut({ do: 'command', name: '.uno:Redo' });
        break;
      case 'insertCompositionText':
      case 'insertFromComposition':
        return;
    }
    event.preventDefault();
  };

  const compositionStart = (): void => {
    composing = true;
    composed = '';
  };

  const compositionUpdate = (event: CompositionEvent): void => {
    if (event.data === composed) return;
    composed = event.data;
    handlers.input({ kind: 'compose', text: composed });
  };

  const compositionEnd = (event: CompositionEvent): void => {
    composing = false;
    if (event.data !== '') handlers.input({ kind: 'text', text: event.data });
    else if (composed !== '') handlers.input({ kind: 'compose', text: '' });
    composed = '';
    reset();
  };

  // What could not be prevented (some keyboards on Android) has at least not to pile up.
  const input = (): void => {
    if (!composing) reset();
  };

  field.addEventListener('keydown', keydown);
  field.addEventListener('beforeinput', beforeInput);
  field.addEventListener('compositionstart', compositionStart);
  field.addEventListener('compositionupdate', compositionUpdate);
  field.addEventListener('compositionend', compositionEnd);
  field.addEventListener('input', input);
  field.addEventListener('focus', reset);
  reset();
  return () => {
    field.removeEventListener('keydown', keydown);
    field.removeEventListener('beforeinput', beforeInput);
    field.removeEventListener('compositionstart', compositionStart);
    field.removeEventListener('compositionupdate', compositionUpdate);
    field.removeEventListener('compositionend', compositionEnd);
    field.removeEventListener('input', input);
    field.removeEventListener('focus', reset);
  };
}
