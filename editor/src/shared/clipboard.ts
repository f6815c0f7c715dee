/** Puts a text on the clipboard; false when the browser does not let us. */
export async function writeText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard === undefined) return writeByCommand(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return writeByCommand(text);
  }
}

/** The way of pages that are not from a secure origin. */
function writeByCommand(text: string): boolean {
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  };
  window.addEventListener('copy', fill, { once: true });
  try {
    return document.execCommand('copy');
  } finally {
    window.removeEventListener('copy', fill);
  }
}
