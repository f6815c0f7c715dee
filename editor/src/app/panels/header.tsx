import {
  ArrowLeft,
  CircleAlert,
  CloudCheck,
  CloudUpload,
  Eye,
  LoaderCircle,
  WifiOff,
  X,
} from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import { Mark } from '../../shared/mark.js';
import { Participants } from './participants.js';

export interface HeaderOptions {
  /** The integrator offers a way back. */
  back: (() => void) | null;
  backLabel: string | null;
  /** The integrator closes the editor when asked. */
  closable: boolean;
}

export function Header({ editor, options }: { editor: Editor; options: HeaderOptions }) {
  const document_ = editor.state.document.value;
  const backLabel = options.backLabel ?? translate('back');
  return (
    <header class="header">
      {options.back === null ? (
        <span class="header__mark">
          <Mark size={24} />
        </span>
      ) : (
        <button
          type="button"
          class="tool"
          title={backLabel}
          aria-label={backLabel}
          data-testid="back"
          onClick={options.back}
        >
          <ArrowLeft size={18} />
        </button>
      )}
      <h1 class="header__title" title={document_?.title} data-testid="document-title">
        {document_?.title}
      </h1>
      {document_?.access === 'view' ? (
        <span class="badge" data-testid="view-only-badge">
          <Eye size={14} /> {translate('viewOnly')}
        </span>
      ) : (
        <SaveState editor={editor} />
      )}
      <span class="header__space" />
      <ConnectionState editor={editor} />
      <Participants editor={editor} />
      {options.closable && (
        <button
          type="button"
          class="tool"
          title={translate('close')}
          aria-label={translate('close')}
          data-testid="close"
          onClick={() => editor.requestClose()}
        >
          <X size={18} />
        </button>
      )}
    </header>
  );
}

function SaveState({ editor }: { editor: Editor }) {
  const { state, message, hint } = editor.state.save.value;
  // Typed and not confirmed yet is not saved either.
  const shown = state === 'saved' && editor.state.unacknowledged.value > 0 ? 'unsaved' : state;
  const text =
    shown === 'failed'
      ? message === null
        ? translate('saveFailed')
        : translate('saveFailedWhy', { why: message })
      : translate(
          ({ unsaved: 'saveUnsaved', saving: 'saveSaving', saved: 'saveSaved' } as const)[shown],
        );
  const IconOf = {
    unsaved: CloudUpload,
    saving: LoaderCircle,
    saved: CloudCheck,
    failed: CircleAlert,
  }[shown];
  return (
    <span
      class={`save save--${shown}`}
      role="status"
      data-testid="save-state"
      data-state={shown}
      title={hint === null ? text : `${text} ${hint}`}
    >
      <IconOf size={16} />
      <span class="save__text">{text}</span>
    </span>
  );
}

function ConnectionState({ editor }: { editor: Editor }) {
  const { state } = editor;
  const waiting = state.unacknowledged.value;
  const away = state.phase.value === 'reconnecting' && !state.lost.value;
  return (
    <span
      class={away ? 'connection connection--away' : 'connection'}
      role="status"
      data-testid="connection-state"
    >
      {away && (
        <>
          <WifiOff size={16} />
          <span>
            {waiting > 0
              ? translate('reconnectingQueued', { count: waiting })
              : translate('reconnecting')}
          </span>
        </>
      )}
    </span>
  );
}
