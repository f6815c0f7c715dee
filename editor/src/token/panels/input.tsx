import { useRef } from 'preact/hooks';
import { Eraser, FlaskConical, LockKeyhole } from 'lucide-preact';
import { translate, type MessageKey } from '../i18n/index.js';
import { PURPOSES, type Purpose } from '../state/ask.js';
import { EXAMPLE, type Workbench } from '../state/workbench.js';
import { Secrets } from './secrets.js';

const PURPOSE_NAMES: Readonly<Record<Purpose, MessageKey>> = {
  open: 'purposeOpen',
  command: 'purposeCommand',
  convert: 'purposeConvert',
  callback: 'purposeCallback',
  download: 'purposeDownload',
  method: 'purposeMethod',
};

/** Where things are pasted. */
export function InputPane({ bench }: { bench: Workbench }) {
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <section class="card input">
      <div class="input__head">
        <label class="label" for="pasted">
          {translate('inputLabel')}
        </label>
        <div class="input__actions">
          <button
            type="button"
            class="link"
            data-testid="example"
            onClick={() => {
              bench.setInput(EXAMPLE);
              area.current?.focus();
            }}
          >
            <FlaskConical size={15} aria-hidden="true" />
            {translate('example')}
          </button>
          <button
            type="button"
            class="link"
            data-testid="clear"
            disabled={bench.input.value === '' && bench.purpose.value === null}
            onClick={() => {
              bench.clear();
              area.current?.focus();
            }}
          >
            <Eraser size={15} aria-hidden="true" />
            {translate('clear')}
          </button>
        </div>
      </div>
      <textarea
        ref={area}
        id="pasted"
        class="field input__area"
        data-testid="input"
        rows={9}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        autocorrect="off"
        aria-describedby="privacy"
        placeholder={translate('inputPlaceholder')}
        value={bench.input.value}
        onInput={(event) => bench.setInput(event.currentTarget.value)}
      />
      <p class="privacy" id="privacy">
        <LockKeyhole size={15} aria-hidden="true" />
        <span>{translate('privacy')}</span>
      </p>
      <div class="input__purpose">
        <label class="label" for="purpose">
          {translate('purposeLabel')}
        </label>
        <select
          id="purpose"
          class="field"
          data-testid="purpose"
          value={bench.purpose.value ?? ''}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            bench.setPurpose(PURPOSES.find((purpose) => purpose === chosen) ?? null);
          }}
        >
          <option value="">{translate('purposeUnknown')}</option>
          {PURPOSES.map((purpose) => (
            <option key={purpose} value={purpose}>
              {translate(PURPOSE_NAMES[purpose])}
            </option>
          ))}
        </select>
      </div>
      <Secrets bench={bench} />
    </section>
  );
}
