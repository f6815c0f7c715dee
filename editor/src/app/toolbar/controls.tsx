import { translate, type MessageKey } from '../i18n/index.js';
import type { CommandArgs } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';
import { NO_COLOR, PALETTE, PALETTE_COLUMNS, colorFromState, colorNumber } from './colors.js';
import { Popover, moveInGrid, type Icon } from './popover.js';

export interface ToolProps {
  editor: Editor;
  label: MessageKey;
  icon: Icon;
  command: string;
  args?: CommandArgs;
  /** Engine state that says whether it is on or cannot be used; the command's name when it is a switch. */
  state: string;
  toggle?: boolean;
  testId: string;
}

/** A button that sends a command. */
export function Tool({ editor, label, icon: IconOf, command, args, state, ...rest }: ToolProps) {
  const value = editor.state.stateOf(state).value;
  const text = translate(label);
  return (
    <button
      type="button"
      class="tool"
      data-roving
      data-testid={rest.testId}
      title={text}
      aria-label={text}
      {...(rest.toggle === true && { 'aria-pressed': value === 'true' })}
      disabled={value === 'disabled'}
      // The caret stays in the document while the mouse is at a tool.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => editor.command(command, args ?? {})}
    >
      <IconOf size={18} />
    </button>
  );
}

export interface ChoiceProps {
  label: MessageKey;
  testId: string;
  value: string;
  options: readonly string[];
  onChoose: (value: string) => void;
  modifier: string;
}

/** A list to choose from; it also shows a value that is not in the list. */
export function Choice({ label, testId, value, options, onChoose, modifier }: ChoiceProps) {
  const text = translate(label);
  const known = value === '' || options.includes(value);
  return (
    <select
      class={`choice choice--${modifier}`}
      data-roving
      data-testid={testId}
      title={text}
      aria-label={text}
      value={value}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {value === '' && <option value="" />}
      {!known && <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}

export interface ColorProps {
  editor: Editor;
  label: MessageKey;
  icon: Icon;
  testId: string;
  /** States that may say the colour at the caret; the first that the engine reports does. */
  states: readonly string[];
  command: string;
  argument: string;
  none: MessageKey;
}

export function ColorTool(props: ColorProps) {
  const { editor, command, argument } = props;
  const reported = props.states.map((name) => editor.state.stateOf(name).value);
  const current = colorFromState(reported.find((state) => state !== '') ?? '');
  const choose = (value: number): void =>
    editor.command(command, { [argument]: { type: 'long', value } });
  return (
    <Popover
      label={translate(props.label)}
      icon={props.icon}
      testId={props.testId}
      swatch={current ?? 'transparent'}
      onClose={() => editor.focusDocument()}
    >
      {(close) => (
        <div class="colors">
          <button
            type="button"
            class="colors__none"
            data-testid={`${props.testId}-none`}
            onClick={() => {
              choose(NO_COLOR);
              close();
            }}
          >
            {translate(props.none)}
          </button>
          <div class="colors__grid" onKeyDown={(event) => moveInGrid(event, PALETTE_COLUMNS)}>
            {PALETTE.map((color) => (
              <button
                key={color}
                type="button"
                class="colors__color"
                data-color={color}
                aria-label={translate('color', { color })}
                aria-pressed={color === current}
                title={color}
                style={{ background: color }}
                onClick={() => {
                  choose(colorNumber(color));
                  close();
                }}
              />
            ))}
          </div>
        </div>
      )}
    </Popover>
  );
}
