import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Check, Copy, Download, FileText } from 'lucide-preact';
import { writeText } from '../../shared/clipboard.js';
import { docsPlace } from '../../shared/docs.js';
import { Mark } from '../../shared/mark.js';
import { problemTitle, translate, type MessageKey } from '../i18n/index.js';
import type { Failed, Refused, Way } from '../live/protocol.js';

/** Stands in the place of a document that was refused or cannot be opened, and says why. */
export function ProblemPanel({ problem }: { problem: Refused | Failed }) {
  const copied = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const refused = problem.type === 'refused' ? problem : null;
  const title =
    (problem.general ? undefined : problemTitle(problem.code)) ??
    translate(problem.type === 'refused' ? 'problemRefused' : 'problemFailed');
  const [message, hint] = problem.general
    ? [translate(generalMessage(problem.code)), translate('generalHint')]
    : [problem.message, problem.hint];
  const docs = docsPlace(refused?.docs ?? '');
  const details = [
    ['problemReference', problem.request, 'refusal-reference'],
    ['problemCode', problem.code, 'refusal-code'],
    ['problemPath', refused?.path, 'refusal-path'],
    ['problemExpected', refused?.expected, 'refusal-expected'],
    ['problemFound', refused?.found, 'refusal-found'],
    ['problemDocs', docs?.text, 'refusal-docs'],
  ] as const;
  const shown = details.filter((detail) => detail[1] !== undefined && detail[1] !== null);

  const copy = async (): Promise<void> => {
    const lines = [
      title,
      message,
      hint,
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
          {message}
        </p>
        <p class="problem__hint" data-testid="refusal-hint">
          {hint}
        </p>
        {problem.type === 'failed' && <Ways ways={problem.ways ?? []} />}
        <dl class="problem__details">
          {shown.map(([key, value, id]) => (
            <div key={key}>
              <dt>{translate(key)}</dt>
              <dd data-testid={id}>
                {key === 'problemDocs' && docs !== null ? (
                  <a href={docs.url} target="_blank" rel="noopener noreferrer">
                    {value}
                  </a>
                ) : (
                  value
                )}
              </dd>
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

/** What there is of the document all the same: to be read, or as a file. */
function Ways({ ways }: { ways: readonly Way[] }) {
  if (ways.length === 0) return null;
  return (
    <section class="problem__ways" data-testid="problem-ways">
      <h2>{translate('waysTitle')}</h2>
      <ul>
        {ways.map((way) => {
          const { pathname, search } = new URL(way.url);
          const Icon = way.kind === 'pdf' ? FileText : Download;
          return (
            <li key={way.kind}>
              {/* The address is for applications; a reader reaches the server where this page is from. */}
              <a
                class="button button--quiet"
                href={pathname + search}
                download=""
                data-testid={`way-${way.kind}`}
              >
                <Icon size={16} />
                {translate(NAMES[way.kind][way.of], { type: way.fileType.toUpperCase() })}
              </a>
              <span>{translate(NOTES[way.kind][way.of])}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

type Words = Readonly<Record<Way['kind'], Readonly<Record<Way['of'], MessageKey>>>>;

const NAMES: Words = {
  pdf: { original: 'wayPdf', stored: 'wayPdf' },
  file: { original: 'wayOriginal', stored: 'wayStored' },
};

const NOTES: Words = {
  pdf: { original: 'wayPdfOriginal', stored: 'wayPdfStored' },
  file: { original: 'wayOriginalNote', stored: 'wayStoredNote' },
};

/** What may be said to everybody of a refusal, where the server keeps the rest to itself. */
function generalMessage(code: string): MessageKey {
  if (code.startsWith('fetch.')) return 'generalFetch';
  return code.startsWith('config.') ? 'generalConfig' : 'generalToken';
}
