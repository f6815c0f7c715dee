import { Combine, FileInput, GitCompare } from 'lucide-preact';
import type { TakenFor } from '../../shared/bridge.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { Editor } from '../state/editor.js';
import { Popover, type Icon } from './popover.js';

/** What is done with a second document, which the application chooses. */
export function DocumentsTool({ editor, host }: { editor: Editor; host: Integration }) {
  return (
    <Popover
      label={translate('secondDocument')}
      icon={GitCompare}
      testId="toolbar-documents"
      onClose={() => editor.focusDocument()}
    >
      {(close) => {
        const item = (purpose: TakenFor, label: MessageKey, icon: Icon) => (
          <Item
            id={purpose}
            label={label}
            icon={icon}
            onClick={() => {
              close();
              host.requestDocument(purpose);
            }}
          />
        );
        return (
          <div class="menu">
            {item('compare', 'compare', GitCompare)}
            {host.options.documents === 'onRequestSelectDocument' && (
              <>
                {item('combine', 'combine', Combine)}
                {item('insert-text', 'insertText', FileInput)}
              </>
            )}
          </div>
        );
      }}
    </Popover>
  );
}

function Item(props: { id: string; label: MessageKey; icon: Icon; onClick: () => void }) {
  const { icon: IconOf } = props;
  return (
    <button
      type="button"
      class="menu__item"
      data-testid={`documents-${props.id}`}
      onClick={props.onClick}
    >
      <IconOf size={16} />
      <span>{translate(props.label)}</span>
    </button>
  );
}
