import { useSignal } from '@preact/signals';
import { Send } from 'lucide-preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import { completed, queryAt, type Mentions, type Person } from '../integration/mentions.js';

interface Props {
  label: string;
  send: string;
  testId: string;
  focus?: boolean;
  /** What is there at first. */
  text?: string;
  /** Who can be mentioned; null where nobody can. */
  mentions?: Mentions | null;
  hint?: string | null;
  onSend: (text: string) => void;
}

/** A field for a text. Enter sends it, Shift and Enter makes a line; `@` offers people to be mentioned. */
export function Writing({
  label,
  send: sendLabel,
  testId,
  focus,
  text,
  mentions,
  hint,
  onSend,
}: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const query = useSignal<ReturnType<typeof queryAt>>(null);
  const chosen = useSignal(0);
  useEffect(() => {
    if (focus === true) field.current?.focus();
  }, [focus]);
  const people = mentions?.fitting(query.value) ?? [];

  const look = (): void => {
    if (mentions === null || mentions === undefined || field.current === null) return;
    query.value = queryAt(field.current.value, field.current.selectionStart);
    chosen.value = 0;
    if (query.value !== null) mentions.ask();
  };
  const pick = (person: Person): void => {
    if (field.current === null || query.value === null) return;
    const { text, caret } = completed(field.current.value, query.value, person);
    field.current.value = text;
    field.current.setSelectionRange(caret, caret);
    field.current.focus();
    query.value = null;
  };
  const send = (): void => {
    const text = field.current?.value.trim() ?? '';
    if (text === '' || field.current === null) return;
    field.current.value = '';
    query.value = null;
    onSend(text);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const person = people[chosen.value];
    if (person !== undefined) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step !== 0) chosen.value = (chosen.value + step + people.length) % people.length;
      else if (event.key === 'Enter' || event.key === 'Tab') pick(person);
      else if (event.key === 'Escape') query.value = null;
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      class="writing"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={2}
        defaultValue={text ?? ''}
        maxLength={2000}
        aria-label={label}
        placeholder={label}
        data-testid={testId}
        role={mentions ? 'combobox' : undefined}
        aria-autocomplete={mentions ? 'list' : undefined}
        aria-expanded={mentions ? people.length > 0 : undefined}
        aria-controls={mentions ? listId : undefined}
        aria-describedby={hint ? `${listId}-hint` : undefined}
        aria-activedescendant={people.length > 0 ? `${listId}-${chosen.value}` : undefined}
        onInput={look}
        onClick={look}
        onKeyDown={pressed}
      />
      {mentions && (
        <ul
          id={listId}
          class="mentions"
          role="listbox"
          aria-label={translate('mentionPeople')}
          hidden={people.length === 0}
        >
          {people.map((person, index) => (
            <li
              key={person.email}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen.value}
              data-testid="mention"
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => pick(person)}
            >
              <span>{person.name}</span>
              {person.email !== person.name && <small>{person.email}</small>}
            </li>
          ))}
        </ul>
      )}
      {hint && (
        <p id={`${listId}-hint`} class="writing__hint">
          {hint}
        </p>
      )}
      <button type="submit" class="button" data-testid={`${testId}-send`}>
        <Send size={16} /> {sendLabel}
      </button>
    </form>
  );
}
