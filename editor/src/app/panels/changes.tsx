import { Check, CheckCheck, Locate, Undo2, X } from 'lucide-preact';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { Change } from '../state/changes.js';
import type { Editor } from '../state/editor.js';
import { PanelTool, showsPlace } from './panel-tool.js';

const KINDS: Readonly<Record<Change['kind'], MessageKey>> = {
  insert: 'changeInserted',
  delete: 'changeDeleted',
  format: 'changeFormat',
  other: 'changeOther',
};

/** The tracked changes of a text, to be accepted or rejected. */
export function Changes({ editor, host }: { editor: Editor; host: Integration }) {
  const { state } = editor;
  const changes = state.changes.value;
  const decides = state.editable && state.document.value?.rights.access === 'edit';
  const tracking = state.stateOf('TrackChanges').value === 'true';
  return (
    <>
      {decides && (
        <label class="side__switch">
          <input
            type="checkbox"
            data-testid="track-changes"
            checked={tracking}
            onChange={(event) => editor.review.trackChanges(event.currentTarget.checked)}
          />
          {translate('changesTrack')}
        </label>
      )}
      <ol class="side__list">
        {changes.length === 0 && <li class="history__note">{translate('changesEmpty')}</li>}
        {changes.map((change) => (
          <li key={change.id} class="thread" data-testid="change">
            <p class="message__head">
              <strong>{change.author || translate('anonymous')}</strong>
              <time>{host.date(change.at)}</time>
            </p>
            <p class="message__text">
              {translate(KINDS[change.kind])}
              {change.text !== '' && <q class={`change change--${change.kind}`}>{change.text}</q>}
            </p>
            <p class="thread__tools">
              {change.place !== null && (
                <PanelTool
                  id="change-show"
                  label={translate('changeShow')}
                  icon={Locate}
                  onClick={() => showsPlace(editor, () => editor.review.showChange(change))}
                />
              )}
              {decides && (
                <>
                  <PanelTool
                    id="change-accept"
                    label={translate('changeAccept')}
                    icon={Check}
                    onClick={() => editor.review.decide(change.id, true)}
                  />
                  <PanelTool
                    id="change-reject"
                    label={translate('changeReject')}
                    icon={X}
                    onClick={() => editor.review.decide(change.id, false)}
                  />
                </>
              )}
            </p>
          </li>
        ))}
      </ol>
      {decides && changes.length > 1 && (
        <p class="side__actions">
          <button
            type="button"
            class="button"
            data-testid="changes-accept-all"
            onClick={() => editor.review.decide(null, true)}
          >
            <CheckCheck size={16} /> {translate('changesAcceptAll')}
          </button>
          <button
            type="button"
            class="button button--quiet"
            data-testid="changes-reject-all"
            onClick={() => editor.review.decide(null, false)}
          >
            <Undo2 size={16} /> {translate('changesRejectAll')}
          </button>
        </p>
      )}
    </>
  );
}
