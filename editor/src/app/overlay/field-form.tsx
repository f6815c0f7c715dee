import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Field, Input } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';
import { pixelsPerTwip } from '../tiles/geometry.js';

/** As the server limits it. */
const LONGEST = 1000;

/** What is filled in at the caret, below the field that it is for. */
export function FieldForm({ editor }: { editor: Editor }) {
  const { state } = editor;
  const field = state.field.value;
  const anchor = state.selection.value.at(-1) ?? state.caret.value;
  // Those who may edit type into a text.
  const shown = field !== null && (state.fills || (state.fillable && field.kind !== 'text'));
  if (!shown || anchor === null) return null;
  const scale = pixelsPerTwip(state.tileTwips.value);
  const [x, y, , height] = anchor;
  const done = (): void => {
    state.field.value = null;
    editor.focusDocument();
  };
  return (
    <div
      class="field-form"
      data-testid="field-form"
      style={{ left: `${String(x * scale)}px`, top: `${String((y + height) * scale)}px` }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') done();
      }}
    >
      <Content
        key={JSON.stringify(field)}
        field={field}
        takesFocus={state.fills}
        onFill={(input) => {
          editor.input(input);
          done();
        }}
      />
    </div>
  );
}

interface ContentProps {
  field: Field;
  takesFocus: boolean;
  onFill: (input: Input) => void;
}

function Content({ field, takesFocus, onFill }: ContentProps) {
  const first = useRef<HTMLInputElement & HTMLButtonElement>(null);
  useEffect(() => {
    if (!takesFocus) return;
    first.current?.focus({ preventScroll: true });
    if (field.kind === 'text') first.current?.select();
  }, []);
  if (field.kind === 'list') {
    return (
      <ul class="field-form__list" aria-label={translate('fieldChoose')}>
        {field.items.map((item, index) => (
          <li key={index}>
            <button
              type="button"
              class="field-form__item"
              ref={index === 0 ? first : null}
              data-testid="field-item"
              onClick={() => onFill({ kind: 'pick', item: index })}
            >
              {item}
            </button>
          </li>
        ))}
      </ul>
    );
  }
  const isText = field.kind === 'text';
  return (
    <form
      class="field-form__line"
      onSubmit={(event) => {
        event.preventDefault();
        const value = first.current?.value ?? '';
        if (value !== '')
          onFill(isText ? { kind: 'fill', text: value } : { kind: 'day', date: value });
      }}
    >
      <input
        ref={first}
        type={isText ? 'text' : 'date'}
        required
        maxLength={isText ? LONGEST : undefined}
        defaultValue={isText ? field.text : undefined}
        aria-label={translate(isText ? 'fieldText' : 'fieldDay')}
        data-testid="field-input"
      />
      <button type="submit" class="button" data-testid="field-fill">
        {translate('fieldFill')}
      </button>
    </form>
  );
}
