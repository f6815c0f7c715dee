import {
  CirclePlus,
  Clock,
  Code,
  Download,
  FileClock,
  Files,
  FileText,
  FileWarning,
  CircleQuestionMark,
  Info,
  LayoutTemplate,
  Bookmark,
  Link,
  Maximize,
  Menu as MenuIcon,
  MessageSquareHeart,
  PencilLine,
  Printer,
  Save,
  Share2,
} from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { writeText } from '../../shared/clipboard.js';
import { HOME } from '../../shared/docs.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import { Popover, type Icon } from '../toolbar/popover.js';
import type { Integration } from './integration.js';
import type { Offer } from './options.js';

/** What can be done with the file as a whole. */
export function Menu({ editor, host }: { editor: Editor; host: Integration }) {
  const { options } = host;
  if (!options.menu) return null;
  return (
    <Popover
      label={translate('menu')}
      icon={MenuIcon}
      testId="menu"
      onClose={() => editor.focusDocument()}
    >
      {(close) => <Items editor={editor} host={host} close={close} />}
    </Popover>
  );
}

interface ItemsProps {
  editor: Editor;
  host: Integration;
  close: () => void;
}

function Items({ editor, host, close }: ItemsProps) {
  const { options } = host;
  const { embed, fullscreen, save, share } = options.embedding;
  const editable = editor.state.editable;
  const item = (id: string, label: MessageKey, icon: Icon, run: () => void, shown: boolean) =>
    shown && (
      <Item
        id={id}
        icon={icon}
        onClick={() => {
          close();
          run();
        }}
      >
        {translate(label)}
      </Item>
    );
  const copy = (text: string) => () => {
    void writeText(text).then((done) => {
      editor.notify(done ? 'info' : 'warning', done ? 'copied' : 'noticeCopyFailed');
    });
  };
  return (
    <div class="menu" data-testid="menu-items">
      {item('new', 'newDocument', CirclePlus, () => host.createNew(), options.create !== null)}
      {item('save', 'save', Save, () => editor.save(), editable && options.save)}
      {editor.state.document.value?.rights.download === true &&
        !options.embedded &&
        editor.state.document.value.formats.map((format) => (
          <Item
            key={format}
            id={`download-${format}`}
            icon={Download}
            onClick={() => {
              close();
              void host.download(format);
            }}
          >
            {translate('downloadAs', { format: format.toUpperCase() })}
          </Item>
        ))}
      {item(
        'save-as',
        'saveAs',
        Files,
        () => void host.saveAs(),
        options.saveAs && editor.state.document.value?.rights.download === true,
      )}
      {item(
        'print',
        'print',
        Printer,
        () => void host.print(),
        editor.state.document.value?.rights.print === true,
      )}
      {item(
        'rename',
        'rename',
        PencilLine,
        () => (host.renaming.value = true),
        options.rename && editable,
      )}
      {item(
        'place-link',
        'placeLink',
        Bookmark,
        () => host.linkToPlace(),
        options.links &&
          editor.state.document.value?.kind === 'word' &&
          editor.state.document.value.rights.access === 'edit' &&
          editable,
      )}
      {item('history', 'versionHistory', FileClock, () => host.history.show(), options.history)}
      {item(
        'sharing',
        'sharing',
        Share2,
        () => (host.dialog.value = 'sharing'),
        options.sharing || host.sharing.value.length > 0,
      )}
      {item(
        'info',
        'aboutFile',
        FileText,
        () => (host.dialog.value = 'info'),
        options.info && !options.embedded,
      )}
      {item(
        'losses',
        'lossesMenu',
        FileWarning,
        () => (host.dialog.value = 'losses'),
        editor.losses.losses.value !== null && !options.embedded,
      )}
      <Place id="download" address={save} label="download" icon={Download} />
      {item('share', 'copyShareLink', Link, copy(share ?? ''), share !== null)}
      {item('embed', 'copyEmbedCode', Code, copy(embedCode(embed ?? '')), embed !== null)}
      <Place id="fullscreen" address={fullscreen} label="fullScreen" icon={Maximize} />
      <Offers id="recent" title="recent" icon={Clock} offers={options.recent} host={host} />
      <Offers
        id="templates"
        title="templates"
        icon={LayoutTemplate}
        offers={options.templates}
        host={host}
      />
      {options.help && <Place id="help" address={HOME} label="help" icon={CircleQuestionMark} />}
      <Place id="feedback" address={options.feedback} label="feedback" icon={MessageSquareHeart} />
      {item('about', 'about', Info, () => (host.dialog.value = 'about'), options.about)}
    </div>
  );
}

function Item(props: { id: string; icon: Icon; onClick: () => void; children: ComponentChildren }) {
  const { icon: IconOf } = props;
  return (
    <button
      type="button"
      class="menu__item"
      data-testid={`menu-${props.id}`}
      onClick={props.onClick}
    >
      <IconOf size={16} />
      <span>{props.children}</span>
    </button>
  );
}

function Place(props: { id: string; address: string | null; label: MessageKey; icon: Icon }) {
  const { icon: IconOf } = props;
  if (props.address === null) return null;
  return (
    <a
      class="menu__item"
      data-testid={`menu-${props.id}`}
      href={props.address}
      target="_blank"
      rel="noopener"
    >
      <IconOf size={16} />
      <span>{translate(props.label)}</span>
    </a>
  );
}

function Offers(props: {
  id: string;
  title: MessageKey;
  icon: Icon;
  offers: readonly Offer[];
  host: Integration;
}) {
  const { icon: IconOf } = props;
  if (props.offers.length === 0) return null;
  return (
    <section class="menu__offers" data-testid={`menu-${props.id}`}>
      <h2>{translate(props.title)}</h2>
      {props.offers.map((offer) => {
        const image = props.host.picture(offer.image);
        return (
          <a key={offer.url} class="menu__item" href={offer.url} target="_blank" rel="noopener">
            {image === null ? (
              <IconOf size={16} />
            ) : (
              <img src={image} alt="" width="16" height="16" />
            )}
            <span>
              {offer.title}
              {offer.note !== null && <small>{offer.note}</small>}
            </span>
          </a>
        );
      })}
    </section>
  );
}

/** HTML that shows this address in a page. */
export function embedCode(address: string): string {
  const escaped = address.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<iframe src="${escaped}" width="100%" height="600" allowfullscreen></iframe>`;
}
