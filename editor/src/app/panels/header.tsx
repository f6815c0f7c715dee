import {
  ArrowLeft,
  CircleAlert,
  CloudCheck,
  CloudUpload,
  Eye,
  FileClock,
  FormInput,
  LoaderCircle,
  MessageSquare,
  PencilLine,
  PenLine,
  WifiOff,
  X,
} from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import { Menu } from '../integration/menu.js';
import { Favorite, Title } from '../integration/title.js';
import type { Editor } from '../state/editor.js';
import { Mark } from '../../shared/mark.js';
import type { Icon } from '../toolbar/popover.js';
import { Participants } from './participants.js';
import { PanelButtons } from './side-panel.js';

/** What those may do who may not edit. */
const LESSER = {
  review: { icon: PenLine, label: 'reviewing' },
  comment: { icon: MessageSquare, label: 'commenting' },
  fill: { icon: FormInput, label: 'filling' },
} as const;

export function Header({ editor, host }: { editor: Editor; host: Integration }) {
  const { options } = host;
  const { stopped, denied } = editor.state;
  const opened = editor.state.document.value;
  const access = denied.value ? 'view' : opened?.rights.access;
  const reading = access === 'view';
  const { shown, picked } = host.history;
  const version = shown.value === null ? null : (picked.value?.version ?? null);
  const closeLabel = options.close?.label ?? translate('close');
  return (
    <header class="header">
      <Start host={host} />
      <Menu editor={editor} host={host} />
      {options.title && <Title editor={editor} host={host} />}
      <Favorite host={host} />
      {version !== null ? (
        <Badge
          icon={FileClock}
          text={translate('historyVersion', { version })}
          id="version-badge"
        />
      ) : reading ? (
        <Badge icon={Eye} text={translate('viewOnly')} id="view-only-badge" />
      ) : (
        options.saveState && <SaveState editor={editor} />
      )}
      {version === null && (access === 'review' || access === 'comment' || access === 'fill') && (
        <Badge {...LESSER[access]} text={translate(LESSER[access].label)} id={`${access}-badge`} />
      )}
      {reading && !denied.value && stopped.value === null && options.edit && (
        <button
          type="button"
          class="button header__edit"
          data-testid="request-edit"
          onClick={() => host.requestEditing()}
        >
          <PencilLine size={16} /> <span>{translate('edit')}</span>
        </button>
      )}
      <span class="header__space" />
      <ConnectionState editor={editor} />
      {version === null && <PanelButtons editor={editor} host={host} />}
      {options.people && <Participants editor={editor} host={host} />}
      {options.close !== null && (
        <button
          type="button"
          class="tool"
          title={closeLabel}
          aria-label={closeLabel}
          data-testid="close"
          onClick={() => editor.requestClose()}
        >
          <X size={18} />
        </button>
      )}
    </header>
  );
}

function Badge({ icon: IconOf, text, id }: { icon: Icon; text: string; id: string }) {
  return (
    <span class="badge" title={text} data-testid={id}>
      <IconOf size={14} /> <span class="badge__text">{text}</span>
    </span>
  );
}

/** The way back, or whose editor it is. */
function Start({ host }: { host: Integration }) {
  const { back, logo } = host.options;
  if (back !== null) {
    const label = back.label ?? translate('back');
    return (
      <button
        type="button"
        class="tool"
        title={label}
        aria-label={label}
        data-testid="back"
        onClick={() => host.back()}
      >
        <ArrowLeft size={18} />
      </button>
    );
  }
  if (logo === null) return null;
  const image = host.picture(logo.image) ?? host.picture(logo.dark);
  const dark = host.picture(logo.dark) ?? image;
  const content =
    image === null ? (
      <Mark size={24} />
    ) : (
      <>
        <img class="only-light" src={image} alt="" />
        <img class="only-dark" src={dark ?? image} alt="" />
      </>
    );
  return logo.url === null ? (
    <span class="header__mark" data-testid="logo">
      {content}
    </span>
  ) : (
    <a
      class="header__mark"
      href={logo.url}
      target="_blank"
      rel="noopener"
      aria-label={logo.url}
      data-testid="logo"
    >
      {content}
    </a>
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
