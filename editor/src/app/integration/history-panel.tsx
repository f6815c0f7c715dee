import { RotateCcw } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import { PanelFrame } from '../panels/panel-frame.js';
import type { Editor } from '../state/editor.js';
import type { Picked, Version } from './history.js';
import type { Integration } from './integration.js';

/** The versions of the file, beside the document; over it where there is little room. */
export function HistoryPanel({ editor, host }: { editor: Editor; host: Integration }) {
  const { history } = host;
  if (!history.open.value) return null;
  const versions = history.versions.value;
  const error = history.error.value;
  const close = (): void => {
    history.close();
    editor.focusDocument();
  };
  return (
    <PanelFrame
      name="history"
      testId="history"
      title={translate('versionHistory')}
      closeLabel={translate('historyClose')}
      onClose={close}
    >
      {error !== null ? (
        <p class="history__note" role="alert" data-testid="history-error">
          {error}
        </p>
      ) : versions === null ? (
        <p class="history__note" role="status">
          {translate('historyLoading')}
        </p>
      ) : versions.length === 0 ? (
        <p class="history__note">{translate('historyEmpty')}</p>
      ) : (
        <ol class="history__list">
          {versions.map((version) => (
            <Entry key={version.version} version={version} editor={editor} host={host} />
          ))}
        </ol>
      )}
    </PanelFrame>
  );
}

interface EntryProps {
  version: Version;
  editor: Editor;
  host: Integration;
}

function Entry({ version, editor, host }: EntryProps) {
  const { history } = host;
  const current = version.version === history.current.value;
  const picked = history.picked.value?.version === version.version ? history.picked.value : null;
  return (
    <li class="history__entry" data-testid="history-version" data-version={version.version}>
      <button
        type="button"
        class="history__version"
        aria-expanded={picked !== null}
        onClick={() => history.pick(version.version)}
      >
        <span class="history__date">{host.date(version.created)}</span>
        <span class="history__who">
          {version.user === '' ? translate('anonymous') : version.user}
        </span>
        <span class="history__number">
          {translate('historyVersion', { version: version.version })}
          {current && <span class="badge">{translate('historyCurrent')}</span>}
        </span>
      </button>
      {picked !== null && (
        <Details version={version} picked={picked} current={current} editor={editor} host={host} />
      )}
    </li>
  );
}

interface DetailsProps extends EntryProps {
  picked: Picked;
  current: boolean;
}

function Details({ version, picked, current, editor, host }: DetailsProps) {
  if (picked.error !== null) {
    return (
      <p class="history__note" role="alert" data-testid="history-version-error">
        {picked.error}
      </p>
    );
  }
  if (picked.data === null) {
    return (
      <p class="history__note" role="status">
        {translate('historyPicked')}
      </p>
    );
  }
  return (
    <div class="history__details" data-testid="history-details">
      {host.history.comparable.value && <Marks editor={editor} host={host} />}
      {version.changes.length > 0 && (
        <ul
          class="history__changes"
          aria-label={translate('historyChanges', { count: version.changes.length })}
        >
          {version.changes.map((change, index) => (
            <li key={index}>
              <span>{change.user === '' ? translate('anonymous') : change.user}</span>{' '}
              <time>{host.date(change.created)}</time>
            </li>
          ))}
        </ul>
      )}
      {!current && host.restorable && (
        <button
          type="button"
          class="button"
          data-testid="history-restore"
          onClick={() => host.history.restore()}
        >
          <RotateCcw size={16} /> {translate('historyRestore')}
        </button>
      )}
    </div>
  );
}

/** Whether what changed since the version before is marked; only texts are compared. */
function Marks({ editor, host }: { editor: Editor; host: Integration }) {
  const { history } = host;
  if (editor.state.document.value?.kind !== 'word') {
    return <p class="history__hint">{translate('historyUnmarked')}</p>;
  }
  const changes = history.shown.value?.state.document.value?.changes ?? null;
  return (
    <>
      <label class="history__marks">
        <input
          type="checkbox"
          checked={history.marks.value}
          data-testid="history-marks"
          onChange={(event) => history.mark(event.currentTarget.checked)}
        />
        {translate('historyMarks')}
      </label>
      {changes !== null && (
        <p class="history__hint" role="status" data-testid="history-marked">
          {changes === 0
            ? translate('historyNoDifferences')
            : translate('historyMarked', { count: changes })}
        </p>
      )}
    </>
  );
}
