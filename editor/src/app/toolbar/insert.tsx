import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Image, Images, Link, Table } from 'lucide-preact';
import { PICTURES } from '../../shared/picture.js';
import { translate } from '../i18n/index.js';
import { pasteImage } from '../input/clipboard.js';
import type { Integration } from '../integration/integration.js';
import { KEY } from '../input/keys.js';
import type { Editor } from '../state/editor.js';
import { Popover, moveInGrid } from './popover.js';

const TABLE_SIDE = 8;
const SELECTION_MOST = 500;

/** Adds the scheme that people leave out; null for what cannot be followed as a link. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  const complete = /^[a-z][a-z0-9+.-]*:/i.test(text)
    ? text
    : /^[^\s@/]+@[^\s@/]+$/.test(text)
      ? `mailto:${text}`
      : `https://${text}`;
  try {
    const url = new URL(complete);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function LinkTool({ editor }: { editor: Editor }) {
  const text = useSignal('');
  const address = useSignal('');
  const prefill = async (): Promise<void> => {
    text.value = '';
    address.value = '';
    const { state } = editor;
    if (state.selection.value.length === 0 || state.document.value?.rights.copy !== true) return;
    const selected = (await editor.copy(false))?.text?.trim() ?? '';
    if (text.value === '' && selected.length <= SELECTION_MOST) text.value = selected;
  };
  const url = linkAddress(address.value);
  return (
    <Popover
      label={translate('link')}
      icon={Link}
      testId="toolbar-link"
      onOpen={() => void prefill()}
      onClose={() => editor.focusDocument()}
    >
      {(close) => (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (url === null) return;
            editor.command('.uno:SetHyperlink', {
              'Hyperlink.Text': { type: 'string', value: text.value || address.value.trim() },
              'Hyperlink.URL': { type: 'string', value: url },
            });
            // The engine leaves the link selected, where the next letter would replace it.
            if (editor.state.document.value?.kind === 'word') {
              editor.input({ kind: 'key', char: 0, code: KEY.RIGHT });
            }
            close();
          }}
        >
          <label>
            {translate('linkAddress')}
            <input
              type="text"
              inputMode="url"
              data-testid="link-address"
              value={address.value}
              placeholder="https://"
              onInput={(event) => (address.value = event.currentTarget.value)}
            />
          </label>
          <label>
            {translate('linkText')}
            <input
              type="text"
              data-testid="link-text"
              value={text.value}
              onInput={(event) => (text.value = event.currentTarget.value)}
            />
          </label>
          <div class="form__actions">
            <button type="button" class="button button--quiet" onClick={close}>
              {translate('cancel')}
            </button>
            <button type="submit" class="button" disabled={url === null}>
              {translate('insert')}
            </button>
          </div>
        </form>
      )}
    </Popover>
  );
}

export function ImageTool({ editor }: { editor: Editor }) {
  const file = useRef<HTMLInputElement>(null);
  const label = translate('image');
  return (
    <>
      <button
        type="button"
        class="tool"
        data-roving
        data-testid="toolbar-image"
        title={label}
        aria-label={label}
        onClick={() => file.current?.click()}
      >
        <Image size={18} />
      </button>
      <input
        ref={file}
        type="file"
        hidden
        accept={PICTURES.join()}
        data-testid="image-file"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (chosen !== undefined) void pasteImage(editor, chosen);
          editor.focusDocument();
        }}
      />
    </>
  );
}

/** Lets the application choose a picture; it answers by `insertImage`. */
export function StoredImageTool({ host }: { host: Integration }) {
  const label = translate('imageFromApplication');
  return (
    <button
      type="button"
      class="tool"
      data-roving
      data-testid="toolbar-stored-image"
      title={label}
      aria-label={label}
      onClick={() => host.requestImage()}
    >
      <Images size={18} />
    </button>
  );
}

export function TableTool({ editor }: { editor: Editor }) {
  const size = useSignal({ columns: 1, rows: 1 });
  const cells = Array.from({ length: TABLE_SIDE ** 2 }, (_, index) => ({
    columns: (index % TABLE_SIDE) + 1,
    rows: Math.floor(index / TABLE_SIDE) + 1,
  }));
  return (
    <Popover
      label={translate('table')}
      icon={Table}
      testId="toolbar-table"
      onOpen={() => (size.value = { columns: 1, rows: 1 })}
      onClose={() => editor.focusDocument()}
    >
      {(close) => (
        <div class="table-picker">
          <div class="table-picker__grid" onKeyDown={(event) => moveInGrid(event, TABLE_SIDE)}>
            {cells.map((cell) => {
              const on = cell.columns <= size.value.columns && cell.rows <= size.value.rows;
              return (
                <button
                  key={`${cell.columns}/${cell.rows}`}
                  type="button"
                  class={on ? 'table-picker__cell table-picker__cell--on' : 'table-picker__cell'}
                  data-testid={`table-${cell.columns}x${cell.rows}`}
                  aria-label={translate('tableSize', cell)}
                  onMouseEnter={() => (size.value = cell)}
                  onFocus={() => (size.value = cell)}
                  onClick={() => {
                    editor.command('.uno:InsertTable', {
                      Columns: { type: 'long', value: cell.columns },
                      Rows: { type: 'long', value: cell.rows },
                    });
                    close();
                  }}
                />
              );
            })}
          </div>
          <p aria-hidden="true">{translate('tableSize', size.value)}</p>
        </div>
      )}
    </Popover>
  );
}
