import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';

export function SheetTabs({ editor }: { editor: Editor }) {
  const { state } = editor;
  const current = state.part.value;
  const shown = state.parts.value
    .map((part, index) => ({ ...part, index }))
    .filter((part) => !part.hidden);

  const keydown = (event: KeyboardEvent): void => {
    const at = shown.findIndex((part) => part.index === current);
    const next = { ArrowLeft: shown[at - 1], ArrowRight: shown[at + 1] }[event.key];
    if (next === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    editor.goToPart(next.index);
    event.currentTarget.querySelector<HTMLElement>(`[data-index="${next.index}"]`)?.focus();
  };

  return (
    <div class="sheets" role="tablist" aria-label={translate('sheets')} onKeyDown={keydown}>
      {shown.map(({ name, index }) => (
        <button
          key={index}
          type="button"
          role="tab"
          class="sheets__tab"
          data-testid="sheet-tab"
          data-name={name}
          data-index={index}
          aria-selected={index === current}
          tabIndex={index === current ? 0 : -1}
          onClick={() => {
            editor.goToPart(index);
            editor.focusDocument();
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
