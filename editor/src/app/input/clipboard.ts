import { pictureType } from '../../shared/picture.js';
import type { Input } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';

/** A message may have 16 MB, and base64 takes a third more than the bytes. */
export const PASTE_LIMIT_MB = 11;
const PASTE_LIMIT = PASTE_LIMIT_MB * 1024 * 1024;

interface Flavours {
  text: string | null;
  html: string | null;
}

/** Connects copy, cut and paste of the browser with the document; the field has to have the focus. */
export function listenToClipboard(field: HTMLElement, editor: Editor): () => void {
  const copy = (event: ClipboardEvent): void => {
    event.preventDefault();
    void copySelection(editor, event.type === 'cut');
  };
  const paste = (event: ClipboardEvent): void => {
    event.preventDefault();
    if (event.clipboardData !== null) void pasteData(editor, event.clipboardData);
  };
  field.addEventListener('copy', copy);
  field.addEventListener('cut', copy);
  field.addEventListener('paste', paste);
  return () => {
    field.removeEventListener('copy', copy);
    field.removeEventListener('cut', copy);
    field.removeEventListener('paste', paste);
  };
}

/** Takes what is dropped on the document; without this, the browser would open it in the editor's place. */
export function listenToDrops(target: HTMLElement, editor: Editor): () => void {
  const isField = (event: DragEvent): boolean => event.target instanceof HTMLInputElement;
  const over = (event: DragEvent): void => {
    if (!isField(event)) event.preventDefault();
  };
  const drop = (event: DragEvent): void => {
    if (isField(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) void pasteData(editor, event.dataTransfer);
  };
  target.addEventListener('dragover', over);
  target.addEventListener('drop', drop);
  return () => {
    target.removeEventListener('dragover', over);
    target.removeEventListener('drop', drop);
  };
}

async function copySelection(editor: Editor, cut: boolean): Promise<void> {
  const answer = editor.copy(cut);
  // Undefined where the page is not served securely.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined && typeof ClipboardItem === 'function') {
    try {
      // The browser permits writing only now, while the key is down, but takes promises for the contents.
      await clipboard.write([
        new ClipboardItem({
          'text/plain': answer.then((flavours) => blob(flavours, 'text/plain')),
          'text/html': answer.then((flavours) => blob(flavours, 'text/html')),
        }),
      ]);
      return;
    } catch {
      // Permission denied, promises not supported or nothing selected: the other way decides.
    }
  }
  const flavours = await answer;
  if (flavours === null || (flavours.text ?? flavours.html) === null) return;
  if (!copyByCommand(flavours)) editor.notify('warning', 'noticeCopyFailed');
}

function blob(flavours: Flavours | null, mime: 'text/plain' | 'text/html'): Blob {
  if (flavours === null || (flavours.text ?? flavours.html) === null) {
    throw new Error('nothing to copy');
  }
  const content =
    mime === 'text/html' ? (flavours.html ?? escapeHtml(flavours.text ?? '')) : flavours.text;
  return new Blob([content ?? ''], { type: mime });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (char) =>
    char === '&' ? '&amp;' : char === '<' ? '&lt;' : '&gt;',
  );
}

function copyByCommand(flavours: Flavours): boolean {
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (flavours.text !== null) event.clipboardData?.setData('text/plain', flavours.text);
    if (flavours.html !== null) event.clipboardData?.setData('text/html', flavours.html);
  };
  window.addEventListener('copy', fill, { capture: true, once: true });
  try {
    // Deprecated, and the only way on pages that are not served securely.

    return document.execCommand('copy');
  } finally {
    window.removeEventListener('copy', fill, { capture: true });
  }
}

async function pasteData(editor: Editor, data: DataTransfer): Promise<void> {
  const html = data.getData('text/html');
  const text = data.getData('text/plain');
  const image = Array.from(data.files).find((file) => file.type.startsWith('image/'));
  // A picture copied in a browser comes with HTML that only refers to it.
  if (image !== undefined && text === '') {
    await pasteImage(editor, image);
    return;
  }
  const flavours = [
    { mime: 'text/html', bytes: new TextEncoder().encode(html) },
    { mime: 'text/plain;charset=utf-8', bytes: new TextEncoder().encode(text) },
  ] as const;
  // What else a page has, pictures and tables, cannot be a proposal.
  const proposes = editor.state.document.value?.rights.access === 'review';
  const offered = flavours.filter(
    ({ bytes, mime }) => bytes.length > 0 && !(proposes && mime === 'text/html'),
  );
  const chosen = offered.find(({ bytes }) => bytes.length <= PASTE_LIMIT);
  if (chosen !== undefined) {
    editor.input({ kind: 'paste', mime: chosen.mime, data: encodeBytes(chosen.bytes) });
  } else if (offered.length > 0) {
    editor.notify('warning', 'noticePasteSize', { limit: PASTE_LIMIT_MB });
  }
}

/** Inserts an image file at the caret. */
export async function pasteImage(editor: Editor, file: Blob): Promise<void> {
  if (file.size > PASTE_LIMIT) {
    editor.notify('warning', 'noticeImageSize', { limit: PASTE_LIMIT_MB });
    return;
  }
  const reading = async (): Promise<Input | null> => {
    const mime = await pictureType(file);
    if (mime === null) {
      editor.notify('warning', 'noticeImageType');
      return null;
    }
    const data = encodeBytes(new Uint8Array(await file.arrayBuffer()));
    return { kind: 'paste', mime, data };
  };
  // It keeps its place among the keys.
  await editor.inputLater(reading());
}

/** Base64 of bytes. */
export function encodeBytes(bytes: Uint8Array): string {
  const chunk = 0x8000;
  let binary = '';
  for (let at = 0; at < bytes.length; at += chunk) {
    binary += String.fromCharCode(...bytes.subarray(at, at + chunk));
  }
  return btoa(binary);
}
