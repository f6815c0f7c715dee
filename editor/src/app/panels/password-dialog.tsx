import { useSignal } from '@preact/signals';
import { Eye, EyeOff, LockKeyhole } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';

/** Longer ones are refused by the server. */
const LONGEST = 255;

/** Asks for the password of the document, until one opens it or the user gives up. */
export function PasswordDialog({ editor }: { editor: Editor }) {
  const question = editor.state.locked.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const shown = useSignal(false);
  const checking = useSignal(false);
  const waits = useSignal(false);

  useEffect(() => dialog.current?.showModal(), []);
  // Each answer of the server is a new question.
  useEffect(() => {
    checking.value = false;
    input.current?.focus();
    input.current?.select();
    if (question?.wait === undefined) return;
    waits.value = true;
    const timer = setTimeout(() => (waits.value = false), question.wait * 1000);
    return () => clearTimeout(timer);
  }, [question]);

  const give = (event: Event): void => {
    event.preventDefault();
    const password = input.current?.value ?? '';
    if (password === '' || checking.value || waits.value) return;
    checking.value = true;
    editor.unlock(password);
  };

  const wrong = question?.wrong === true && !checking.value;
  const told = waits.value
    ? translate('passwordWait', { count: question?.wait ?? 0 })
    : wrong
      ? translate('passwordWrong')
      : '';
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="password-title"
      aria-describedby="password-why"
      data-testid="password"
      onCancel={(event) => {
        event.preventDefault();
        editor.stayLocked();
      }}
    >
      <form class="password" onSubmit={give}>
        <header class="dialog__header">
          <h2 id="password-title">
            <LockKeyhole size={18} aria-hidden="true" /> {translate('passwordTitle')}
          </h2>
        </header>
        <p id="password-why">{translate('passwordWhy')}</p>
        <label class="password__label" for="password-input">
          {translate('password')}
        </label>
        <div class="password__line">
          <input
            ref={input}
            id="password-input"
            class="password__input"
            type={shown.value ? 'text' : 'password'}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            maxLength={LONGEST}
            required
            aria-invalid={wrong}
            aria-describedby="password-told"
            data-testid="password-input"
          />
          <button
            type="button"
            class="tool"
            aria-label={translate('passwordShow')}
            title={translate('passwordShow')}
            aria-pressed={shown.value}
            onClick={() => (shown.value = !shown.value)}
          >
            {shown.value ? <EyeOff size={18} /> : <Eye size={18} />}
          </button>
        </div>
        <p id="password-told" class="password__told" role="alert" data-testid="password-told">
          {told}
        </p>
        <div class="dialog__choices">
          <button type="button" class="button button--quiet" onClick={() => editor.stayLocked()}>
            {translate('cancel')}
          </button>
          <button
            type="submit"
            class="button"
            disabled={checking.value || waits.value}
            data-testid="password-open"
          >
            {translate(checking.value ? 'passwordChecking' : 'passwordOpen')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
