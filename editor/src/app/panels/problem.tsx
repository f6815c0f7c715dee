import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Check, Copy } from 'lucide-preact';
import { problemTitle, translate } from '../i18n/index.js';
import type { Failed, Refused } from '../live/protocol.js';
import { Mark } from './icon.js';

/** Stands in the place of a document that was refused or cannot be opened, and says why. */
export function ProblemPanel({ problem }: { problem: Refused | Failed }) {
  const copied = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const refused = problem.type === 'refused' ? problem : null;
  const title =
    problemTitle(problem.code) ??
    translate(problem.type === 'refused' ? 'problemRefused' : 'problemFailed');
  const details = [
    ['problemCode', problem.code, 'refusal-code'],
    ['problemPath', refused?.path, 'refusal-path'],
    ['problemExpected', refused?.expected, 'refusal-expected'],
    ['problemFound', refused?.found, 'refusal-found'],
    ['problemDocs', refused?.docs, 'refusal-docs'],
  ] as const;
  const shown = details.filter((detail) => detail[1] !== undefined && detail[1] !== null);

  const copy = async (): Promise<void> => {
    const lines = [
      title,
      problem.message,
      problem.hint,
      ...shown.map(([key, value]) => `${translate(key)}: ${String(value)}`),
    ];
    copied.value = await writeText(lines.join('\n'));
  };

  return (
    <main class="page" data-testid="refusal">
      <section class="problem" role="alert">
        <header class="problem__brand">
          <Mark size={28} />
          <span>{translate('appName')}</span>
        </header>
        <h1 class="problem__title" ref={heading} tabIndex={-1} data-testid="refusal-title">
          {title}
        </h1>
        <p class="problem__message" data-testid="refusal-message">
          {problem.message}
        </p>
        <p class="problem__hint" data-testid="refusal-hint">
          {problem.hint}
        </p>
        <dl class="problem__details">
          {shown.map(([key, value, id]) => (
            <div key={key}>
              <dt>{translate(key)}</dt>
              <dd data-testid={id}>{value}</dd>
            </div>
          ))}
        </dl>
        <button class="button" type="button" data-testid="copy-details" onClick={() => void copy()}>
          {copied.value ? <Check size={16} /> : <Copy size={16} />}
          <span aria-live="polite">{translate(copied.value ? 'copied' : 'copyDetails')}</span>
        </button>
      </section>
    </main>
  );
}

async function writeText(text: string): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard === undefined) return writeByCommand(text);
    await clipboard.writeText(text);
    return true;
  } catch {
    return writeByCommand(text);
  }
}

function writeByCommand(text: string): boolean {
  const fill = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  };
  window.addEventListener('copy', fill, { once: true });
  try {
    return document.execCommand('copy');
  } finally {
    window.removeEventListener('copy', fill);
  }
}
