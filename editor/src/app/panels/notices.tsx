import { CircleAlert, Info, RotateCw, X } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';

/** Short messages over the document, and banners for what lasts. */
export function Notices({ editor }: { editor: Editor }) {
  const { state } = editor;
  const stopped = state.stopped.value;
  return (
    <div class="notices">
      {state.stage.value === 'recovering' && (
        <div class="notice" role="status" data-testid="recovering">
          <Info size={18} />
          <p>{translate('stageRecovering')}</p>
        </div>
      )}
      {state.lost.value && (
        <div class="notice notice--warning" role="alert" data-testid="connection-lost">
          <CircleAlert size={18} />
          <p>
            {translate('connectionLost')} {translate('connectionLostHint')}
          </p>
          <button type="button" class="button" onClick={() => editor.retry()}>
            <RotateCw size={16} /> {translate('retry')}
          </button>
        </div>
      )}
      {stopped !== null && (
        <div
          class="notice notice--warning"
          role="alert"
          data-testid="stopped"
          data-code={stopped.code}
        >
          <CircleAlert size={18} />
          <p>
            {stopped.message} {stopped.hint}
          </p>
        </div>
      )}
      <div aria-live="polite">
        {state.notices.value.map((notice) => (
          <div
            key={notice.id}
            class={notice.tone === 'warning' ? 'notice notice--warning' : 'notice'}
            data-testid="notice"
          >
            {notice.tone === 'warning' ? <CircleAlert size={18} /> : <Info size={18} />}
            <p>
              {notice.text}
              {notice.link !== undefined && (
                <>
                  {' '}
                  <a href={notice.link.url} target="_blank" rel="noopener noreferrer">
                    {notice.link.label}
                  </a>
                </>
              )}
            </p>
            <button
              type="button"
              class="tool tool--small"
              aria-label={translate('dismiss')}
              title={translate('dismiss')}
              onClick={() => editor.dismiss(notice.id)}
            >
              <X size={16} />
            </button>
          </div>
        ))}
      </div>
    </div>
  );
}
