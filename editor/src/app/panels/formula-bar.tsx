import { useSignal } from '@preact/signals';
import { Sigma } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';

/** Address and content of the current cell. Enter takes over what was typed, Escape forgets it. */
export function FormulaBar({ editor }: { editor: Editor }) {
  const { state } = editor;
  const draft = useSignal<{ address: string; text: string } | null>(null);
  const address = state.cellAddress.value;
  return (
    <div class="formula">
      <output
        class="formula__address"
        aria-label={translate('cellAddress')}
        data-testid="cell-address"
      >
        {address.replaceAll('$', '')}
      </output>
      <Sigma size={16} aria-hidden="true" />
      <input
        class="formula__input"
        type="text"
        aria-label={translate('formula')}
        data-testid="formula-input"
        autocomplete="off"
        spellcheck={false}
        readOnly={!state.editable}
        value={draft.value?.text ?? state.cellFormula.value}
        onFocus={() => {
          if (state.editable) draft.value = { address, text: state.cellFormula.value };
        }}
        onInput={(event) => {
          draft.value = {
            address: draft.value?.address ?? address,
            text: event.currentTarget.value,
          };
        }}
        onBlur={() => (draft.value = null)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Enter' || event.key === 'Escape') {
            event.preventDefault();
            const entered = draft.value;
            if (event.key === 'Enter' && entered !== null) {
              // Of a selected range, the first cell is the current one.
              const [first = ''] = entered.address.split(':');
              editor.input({ kind: 'cell', address: first, text: entered.text });
            }
            draft.value = null;
            editor.focusDocument();
          }
        }}
      />
    </div>
  );
}
