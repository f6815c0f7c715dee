import { Minus, MoveHorizontal, Plus } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import { ZOOM_STEPS, nextZoom, tileTwipsAt, zoomOf } from '../tiles/geometry.js';

export function StatusBar({ editor }: { editor: Editor }) {
  return (
    <footer class="status" aria-label={translate('statusBar')}>
      <Place editor={editor} />
      <span class="status__space" />
      <Zoom editor={editor} />
    </footer>
  );
}

function Place({ editor }: { editor: Editor }) {
  const { state } = editor;
  const kind = state.document.value?.kind;
  const count = state.parts.value.length;
  const current = state.part.value + 1;
  if (kind === 'word') {
    return (
      <>
        <span class="status__item" data-testid="page-number">
          {pageText(state.stateOf('StatePageNumber').value)}
        </span>
        <span class="status__item status__item--optional" data-testid="word-count">
          {wordText(state.stateOf('StateWordCount').value)}
        </span>
      </>
    );
  }
  if (kind === 'cell') {
    return (
      <>
        <span class="status__item" data-testid="sheet-number">
          {translate('sheetOf', { current, count })}
        </span>
        <span class="status__item status__item--optional" data-testid="cell-summary">
          {summaryText(state.stateOf('StateTableCell').value)}
        </span>
      </>
    );
  }
  return (
    <span class="status__item" data-testid="slide-number">
      {translate('slideOf', { current, count })}
    </span>
  );
}

/** The engine says it in English unless it has a language pack; what is not understood is shown as it is. */
export function pageText(text: string): string {
  const [, current, count] = /^Page (\d+) of (\d+)$/.exec(text) ?? [];
  return current === undefined || count === undefined
    ? text
    : translate('pageOf', { current, count });
}

export function wordText(text: string): string {
  const [, selected, words, characters] =
    /^(Selected: )?([\d,]+) words?, ([\d,]+) characters?$/.exec(text) ?? [];
  if (words === undefined || characters === undefined) return text;
  const number = (digits: string): number => Number(digits.replaceAll(',', ''));
  return translate(selected === undefined ? 'wordCount' : 'wordCountSelected', {
    words: number(words),
    characters: number(characters),
  });
}

export function summaryText(text: string): string {
  const [, average, sum] = /^Average: (.*); Sum: (.*)$/.exec(text) ?? [];
  if (average === undefined || sum === undefined) return text;
  return average === '' ? '' : translate('cellSummary', { average, sum });
}

function Zoom({ editor }: { editor: Editor }) {
  const { state } = editor;
  const zoom = zoomOf(state.tileTwips.value);
  const percent = Math.round(zoom * 100);
  const fit = state.fitWidth.value;
  const to = (value: number): void => {
    state.fitWidth.value = false;
    state.tileTwips.value = tileTwipsAt(value);
  };
  const listed = ZOOM_STEPS.some((step) => Math.round(step * 100) === percent);
  return (
    <div class="zoom" role="group" aria-label={translate('zoom')}>
      {state.document.value?.kind !== 'cell' && (
        <button
          type="button"
          class="tool tool--small"
          title={translate('fitWidth')}
          aria-label={translate('fitWidth')}
          aria-pressed={fit}
          data-testid="zoom-fit"
          onClick={() => (state.fitWidth.value = true)}
        >
          <MoveHorizontal size={16} />
        </button>
      )}
      <button
        type="button"
        class="tool tool--small"
        title={translate('zoomOut')}
        aria-label={translate('zoomOut')}
        data-testid="zoom-out"
        onClick={() => to(nextZoom(zoom, -1))}
      >
        <Minus size={16} />
      </button>
      <select
        class="choice choice--zoom"
        aria-label={translate('zoom')}
        data-testid="zoom"
        value={String(percent)}
        onChange={(event) => {
          to(Number(event.currentTarget.value) / 100);
          editor.focusDocument();
        }}
      >
        {!listed && <option value={percent}>{percent} %</option>}
        {ZOOM_STEPS.map((step) => {
          const value = Math.round(step * 100);
          return (
            <option key={value} value={value}>
              {value} %
            </option>
          );
        })}
      </select>
      <button
        type="button"
        class="tool tool--small"
        title={translate('zoomIn')}
        aria-label={translate('zoomIn')}
        data-testid="zoom-in"
        onClick={() => to(nextZoom(zoom, 1))}
      >
        <Plus size={16} />
      </button>
    </div>
  );
}
