import { CheckCheck, Combine, FileDiff, FileInput, GitCompare, Undo2 } from 'lucide-preact';
import type { TakenFor } from '../../shared/bridge.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { Editor } from '../state/editor.js';
import { Popover, type Icon } from './popover.js';

/** What is done with tracked changes, and with a second document of the application. */
export function ReviewTool({ editor, host }: { editor: Editor; host: Integration }) {
  const { documents } = host.options;
  return (
    <Popover
      label={translate('changes')}
      icon={FileDiff}
      testId="toolbar-changes"
      onClose={() => editor.focusDocument()}
    >
      {(close) => {
        const item = (id: string, label: MessageKey, icon: Icon, run: () => void) => (
          <Item
            id={id}
            label={label}
            icon={icon}
            onClick={() => {
              close();
              run();
            }}
          />
        );
        const ask = (purpose: TakenFor) => () => host.requestDocument(purpose);
        return (
          <div class="menu">
            {item('accept', 'changesAccept', CheckCheck, () =>
              editor.command('.uno:AcceptAllTrackedChanges'),
            )}
            {item('reject', 'changesReject', Undo2, () =>
              editor.command('.uno:RejectAllTrackedChanges'),
            )}
            {documents !== null && item('compare', 'compare', GitCompare, ask('compare'))}
            {documents === 'onRequestSelectDocument' && (
              <>
                {item('combine', 'combine', Combine, ask('combine'))}
                {item('insert-text', 'insertText', FileInput, ask('insert-text'))}
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
      data-testid={`changes-${props.id}`}
      onClick={props.onClick}
    >
      <IconOf size={16} />
      <span>{translate(props.label)}</span>
    </button>
  );
}
