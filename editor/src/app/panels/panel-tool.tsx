import type { Editor } from '../state/editor.js';
import type { Icon } from '../toolbar/popover.js';

/** In narrower windows a panel covers the document. */
const NARROW = 720;

/** A small button of a panel's entry. */
export function PanelTool(props: { id: string; label: string; icon: Icon; onClick: () => void }) {
  const { icon: IconOf } = props;
  return (
    <button
      type="button"
      class="tool tool--small"
      title={props.label}
      aria-label={props.label}
      data-testid={props.id}
      onClick={props.onClick}
    >
      <IconOf size={16} />
    </button>
  );
}

/** Shows a place of the document, without the panel if it would cover it. */
export function showsPlace(editor: Editor, show: () => void): void {
  show();
  if (window.innerWidth < NARROW) editor.showPanel(null);
}
