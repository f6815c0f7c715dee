import { Info } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import { named } from '../i18n/losses.js';
import type { Integration } from '../integration/integration.js';
import type { Loss } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';

/** Names in the line; the list has all. */
const NAMED = 3;

/** One calm line above the document: what a save would lose, and the choices. */
export function LossesBar({ editor, host }: { editor: Editor; host: Integration }) {
  const { losses, state } = editor;
  const text = line(editor);
  if (text === null) return null;
  const chosen = state.reading.value || losses.heldByRule;
  return (
    <section class="losses-bar" aria-label={translate('lossesTitle')} data-testid="losses-bar">
      <Info size={18} aria-hidden="true" />
      <p role="status">{text}</p>
      <div class="losses-bar__choices">
        <button
          type="button"
          class="button button--quiet button--small"
          data-testid="losses-show"
          onClick={() => (host.dialog.value = 'losses')}
        >
          {translate('lossesShow')}
        </button>
        {!losses.heldByRule && <Choices editor={editor} host={host} small reading={chosen} />}
      </div>
    </section>
  );
}

/** What the line says; null where there is none. */
function line(editor: Editor): string | null {
  const { losses, state } = editor;
  const { told, open } = losses;
  if (losses.heldByRule) {
    return told.value.length === 0
      ? translate('lossesHeldUnknown')
      : translate('lossesHeld', counted(told.value));
  }
  if (state.reading.value) return translate('lossesReading', counted(told.value));
  if (!losses.undecided) return null;
  return translate(open.value.length === 1 ? 'lossesLineOne' : 'lossesLine', counted(open.value));
}

function counted(losses: readonly Loss[]): { count: number; names: string } {
  const kinds = losses.map((loss) => loss.kind);
  const more = kinds.length - NAMED;
  const names = named(kinds.slice(0, NAMED));
  return {
    count: kinds.length,
    names: more > 0 ? translate('lossesAndMore', { names, count: more }) : names,
  };
}

/** The choices: to edit a copy, where the application takes one, to read only, to edit anyway. */
export function Choices(props: {
  editor: Editor;
  host: Integration;
  small?: boolean;
  /** The choice to read was made already. */
  reading?: boolean;
  done?: () => void;
}) {
  const { editor, host, small = false, reading = false } = props;
  const size = small ? ' button--small' : '';
  const then = (run: () => void) => () => {
    props.done?.();
    run();
    editor.focusDocument();
  };
  const copies = host.options.saveAs && editor.state.document.value?.rights.download === true;
  return (
    <>
      {!reading && (
        <button
          type="button"
          class={small ? 'button button--quiet button--small' : 'button'}
          data-testid="losses-read"
          autofocus={!small}
          onClick={then(() => editor.losses.read())}
        >
          {translate('lossesRead')}
        </button>
      )}
      {copies && (
        <button
          type="button"
          class={`button button--quiet${size}`}
          data-testid="losses-copy"
          onClick={then(() => {
            editor.losses.read();
            void host.saveAs();
          })}
        >
          {translate('lossesCopy')}
        </button>
      )}
      <button
        type="button"
        class={`button button--quiet${size}`}
        data-testid="losses-edit"
        onClick={then(() => editor.losses.edit())}
      >
        {translate('lossesEdit')}
      </button>
    </>
  );
}
