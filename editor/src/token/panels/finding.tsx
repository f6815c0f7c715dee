import { ArrowRight } from 'lucide-preact';
import { docsPlace } from '../../shared/docs.js';
import { Prose } from '../../shared/prose.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Finding } from '../state/ask.js';
import { SeverityChip } from './severity.js';

/** One thing that was found; what the server says of it is in English. */
export function FindingCard({ finding, first }: { finding: Finding; first: boolean }) {
  const facts: [MessageKey, string | null][] = [
    ['where', finding.path],
    ['expected', finding.expected],
    ['found', finding.found],
  ];
  const known = facts.filter((fact): fact is [MessageKey, string] => fact[1] !== null);
  const docs = docsPlace(finding.docs);
  const Heading = first ? 'h3' : 'h4';
  return (
    <article
      class={`finding finding--${finding.severity}${first ? ' finding--first' : ''}`}
      data-testid="finding"
      data-code={finding.code}
      data-severity={finding.severity}
    >
      <div class="finding__head">
        <SeverityChip severity={finding.severity} />
        <code class="finding__code">{finding.code}</code>
      </div>
      <Heading class="finding__message" lang="en">
        <Prose text={finding.message} />
      </Heading>
      {known.length > 0 && (
        <dl class="facts">
          {known.map(([key, value]) => (
            <div key={key} class={`facts__row facts__row--${key}`}>
              <dt>{translate(key)}</dt>
              <dd lang="en">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <div class="remedy">
        <ArrowRight size={17} aria-hidden="true" />
        <p lang="en">
          <span class="visually-hidden">{translate('toDo')}: </span>
          <Prose text={finding.hint} />
        </p>
      </div>
      <dl class="more">
        {finding.symptom !== '' && finding.symptom !== '–' && (
          <div>
            <dt>{translate('symptom')}</dt>
            <dd lang="en">
              <Prose text={finding.symptom} />
            </dd>
          </div>
        )}
        {docs !== null && (
          <div>
            <dt>{translate('docs')}</dt>
            <dd>
              <a href={docs.url} target="_blank" rel="noopener noreferrer">
                {docs.text}
              </a>
            </dd>
          </div>
        )}
      </dl>
    </article>
  );
}
