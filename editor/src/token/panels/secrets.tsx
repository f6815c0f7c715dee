import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Eye, EyeOff, Plus, X } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Workbench } from '../state/workbench.js';

/** The secrets that signatures are tried with. They are hidden until somebody wants to see one. */
export function Secrets({ bench }: { bench: Workbench }) {
  const shown = useSignal<readonly number[]>([]);
  const focusNext = useRef<number | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const fields = bench.secrets.value;

  // Before the browser paints, so that no key pressed meanwhile is lost.
  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    list.current?.querySelector<HTMLInputElement>(`#secret-${focusNext.current}`)?.focus();
    focusNext.current = null;
  });

  const toggle = (id: number): void => {
    const now = shown.value;
    shown.value = now.includes(id) ? now.filter((other) => other !== id) : [...now, id];
  };

  return (
    <fieldset class="secrets">
      <legend class="label">{translate('secretsLabel')}</legend>
      <p class="hint" id="secrets-hint">
        {translate('secretsHint')}
      </p>
      <ul class="secrets__list" ref={list}>
        {fields.map((field, index) => {
          const number = index + 1;
          const visible = shown.value.includes(field.id);
          return (
            <li key={field.id} class="secret">
              <input
                id={`secret-${field.id}`}
                class="field secret__input"
                data-testid="secret"
                type={visible ? 'text' : 'password'}
                autocomplete="off"
                autocapitalize="off"
                spellcheck={false}
                aria-label={translate('secretNumber', { number })}
                aria-describedby="secrets-hint"
                value={field.value}
                onInput={(event) => bench.setSecret(field.id, event.currentTarget.value)}
              />
              <button
                type="button"
                class="tool"
                data-testid="secret-show"
                aria-pressed={visible}
                aria-label={translate('secretShow', { number })}
                title={translate(visible ? 'secretHide' : 'secretShow', { number })}
                onClick={() => toggle(field.id)}
              >
                {visible ? <EyeOff size={17} /> : <Eye size={17} />}
              </button>
              <button
                type="button"
                class="tool"
                data-testid="secret-remove"
                disabled={fields.length === 1 && field.value === ''}
                aria-label={translate('secretRemove', { number })}
                title={translate('secretRemove', { number })}
                onClick={() => {
                  const next = fields[index + 1] ?? fields[index - 1] ?? field;
                  bench.removeSecret(field.id);
                  // The button goes, and the focus must not go with it.
                  focusNext.current = next.id;
                }}
              >
                <X size={17} />
              </button>
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        class="link"
        data-testid="secret-add"
        onClick={() => {
          focusNext.current = bench.addSecret();
        }}
      >
        <Plus size={15} aria-hidden="true" />
        {translate('secretAdd')}
      </button>
    </fieldset>
  );
}
