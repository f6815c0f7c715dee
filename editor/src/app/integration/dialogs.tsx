import { Copy, Link, User, X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { writeText } from '../../shared/clipboard.js';
import { Mark } from '../../shared/mark.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import type { Integration } from './integration.js';
import { LossesDialog } from './losses-dialog.js';
import { webAddress } from './options.js';

/** The one dialog that is open, if any. */
export function Dialogs({ editor, host }: { editor: Editor; host: Integration }) {
  switch (host.dialog.value) {
    case 'about':
      return <About host={host} editor={editor} />;
    case 'info':
      return <FileInfo host={host} editor={editor} />;
    case 'link':
      return <PlaceLink host={host} editor={editor} />;
    case 'losses':
      return <LossesDialog host={host} editor={editor} />;
    case 'sharing':
      return <Sharing host={host} editor={editor} />;
    case null:
      return null;
  }
}

export interface DialogProps {
  host: Integration;
  editor: Editor;
}

export function Frame(
  props: DialogProps & {
    title: MessageKey;
    wide?: boolean;
    onClose?: () => void;
    children: ComponentChildren;
  },
) {
  const { host, editor } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = translate(props.title);
  return (
    <dialog
      ref={dialog}
      class={props.wide === true ? 'dialog dialog--wide' : 'dialog'}
      aria-label={title}
      data-testid={`dialog-${host.dialog.value ?? ''}`}
      onClose={() => {
        props.onClose?.();
        host.dialog.value = null;
        editor.focusDocument();
      }}
    >
      <header class="dialog__header">
        <h2>{title}</h2>
        <button
          type="button"
          class="tool"
          aria-label={translate('close')}
          title={translate('close')}
          data-testid="dialog-close"
          onClick={() => dialog.current?.close()}
        >
          <X size={18} />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

function About(props: DialogProps) {
  const { customer } = props.host.options;
  const logo = props.host.picture(customer.logo);
  const dark = props.host.picture(customer.logoDark) ?? logo;
  const www = webAddress(customer.www, undefined);
  return (
    <Frame {...props} title="about">
      {logo !== null && <img class="dialog__logo only-light" src={logo} alt="" />}
      {dark !== null && <img class="dialog__logo only-dark" src={dark} alt="" />}
      {customer.name !== null && <p class="dialog__name">{customer.name}</p>}
      {customer.address !== null && <p>{customer.address}</p>}
      {customer.mail !== null && (
        <p>
          <a href={`mailto:${encodeURI(customer.mail)}`}>{customer.mail}</a>
        </p>
      )}
      {customer.phone !== null && <p>{customer.phone}</p>}
      {customer.www !== null && (
        <p>
          {www === null ? (
            customer.www
          ) : (
            <a href={www} target="_blank" rel="noopener">
              {customer.www}
            </a>
          )}
        </p>
      )}
      {customer.info !== null && <p>{customer.info}</p>}
      <p class="dialog__maker">
        <Mark size={20} /> {translate('aboutText')}
      </p>
    </Frame>
  );
}

function FileInfo(props: DialogProps) {
  const { host, editor } = props;
  const opened = editor.state.document.value;
  const { owner, uploaded, folder } = host.info;
  const rows: [MessageKey, string | null][] = [
    ['fileTitle', opened?.title ?? null],
    ['fileType', opened?.fileType.toUpperCase() ?? null],
    ['fileOwner', owner],
    ['fileUploaded', uploaded === null ? null : host.date(uploaded)],
    ['fileFolder', folder],
  ];
  return (
    <Frame {...props} title="aboutFile">
      <dl class="dialog__facts">
        {rows.map(
          ([label, value]) =>
            value !== null && (
              <div key={label}>
                <dt>{translate(label)}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {host.sharing.value.length > 0 && <Shared host={host} />}
    </Frame>
  );
}

function PlaceLink(props: DialogProps) {
  const { host, editor } = props;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <Frame {...props} title="placeLinkTitle">
      <input
        ref={field}
        class="dialog__link"
        type="text"
        readOnly
        aria-label={translate('placeLinkTitle')}
        data-testid="place-link"
        value={host.link.value}
      />
      <button
        type="button"
        class="button"
        data-testid="place-link-copy"
        onClick={() => {
          void writeText(host.link.value).then((done) => {
            host.dialog.value = null;
            editor.notify(done ? 'info' : 'warning', done ? 'copied' : 'noticeCopyFailed');
          });
        }}
      >
        <Copy size={16} /> {translate('copyLink')}
      </button>
    </Frame>
  );
}

function Sharing(props: DialogProps) {
  const { host } = props;
  return (
    <Frame {...props} title="sharing">
      {host.sharing.value.length === 0 ? (
        <p>{translate('sharingNobody')}</p>
      ) : (
        <Shared host={host} />
      )}
      {host.options.sharing && (
        <button
          type="button"
          class="button"
          data-testid="sharing-change"
          onClick={() => host.requestSharing()}
        >
          {translate('sharingChange')}
        </button>
      )}
    </Frame>
  );
}

function Shared({ host }: { host: Integration }) {
  return (
    <ul class="dialog__shared" data-testid="shared-with">
      {host.sharing.value.map((one, index) => (
        <li key={index}>
          {one.isLink === true ? <Link size={16} /> : <User size={16} />}
          <span>{one.user}</span>
          <span class="dialog__rights">{one.permissions}</span>
        </li>
      ))}
    </ul>
  );
}
