import { RefreshCw } from 'lucide-preact';
import { language } from '../shared/language.js';
import { Top } from '../shared/top.js';
import { translate } from './i18n/index.js';
import { Attempts } from './panels/attempts.js';
import type { Board } from './state/board.js';

/** The whole page: which callbacks are wanted, and what became of them. */
export function Page({ board }: { board: Board }) {
  return (
    <div class="callbacks-page">
      <Top name={translate('appName')} choice={translate('languageChoice')} />
      <main class="board">
        <div class="intro">
          <h1>{translate('title')}</h1>
          <p>{translate('intro')}</p>
        </div>
        <Choice board={board} />
        <Attempts board={board} />
        <Kept board={board} />
      </main>
    </div>
  );
}

function Choice({ board }: { board: Board }) {
  const { value: refreshed } = board.refreshed;
  const time =
    refreshed === null
      ? ''
      : new Intl.DateTimeFormat(language.value, { timeStyle: 'medium' }).format(refreshed);
  return (
    <div class="choice">
      <div class="choice__key">
        <label class="label" for="key">
          {translate('filterLabel')}
        </label>
        <input
          id="key"
          class="field"
          type="search"
          autocomplete="off"
          spellcheck={false}
          placeholder={translate('filterPlaceholder')}
          value={board.key.value}
          data-testid="filter"
          onInput={(event) => {
            board.key.value = event.currentTarget.value;
          }}
        />
      </div>
      <label class="choice__failures">
        <input
          type="checkbox"
          checked={board.failuresOnly.value}
          data-testid="failures-only"
          onChange={(event) => {
            board.failuresOnly.value = event.currentTarget.checked;
          }}
        />
        {translate('failuresOnly')}
      </label>
      <button
        type="button"
        class="button button--quiet"
        title={time === '' ? undefined : translate('refreshed', { time })}
        data-testid="refresh"
        onClick={() => void board.refresh()}
      >
        <RefreshCw size={15} aria-hidden="true" />
        {translate('refresh')}
      </button>
    </div>
  );
}

function Kept({ board }: { board: Board }) {
  const kept = board.list.value?.kept;
  return (
    <p class="hint board__kept">
      {translate('live')} {kept !== undefined && translate('kept', kept)}
    </p>
  );
}
