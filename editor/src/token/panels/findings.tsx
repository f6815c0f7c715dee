import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import {
  Braces,
  Check,
  CircleCheckBig,
  CloudOff,
  Copy,
  KeyRound,
  ScrollText,
  Send,
} from 'lucide-preact';
import { writeText } from '../../shared/clipboard.js';
import { Prose } from '../../shared/prose.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Explanation, Failure, Finding } from '../state/ask.js';
import { asText } from '../state/report.js';
import type { Workbench } from '../state/workbench.js';
import { Decoded } from './decoded.js';
import { FindingCard } from './finding.js';
import { SeverityChip } from './severity.js';

const KINDS = new Set<MessageKey>([
  'kind_token',
  'kind_config',
  'kind_snippet',
  'kind_request',
  'kind_answer',
  'kind_log',
  'kind_environment',
  'kind_server-config',
  'kind_unknown',
]);

/** What the server says of what was pasted. */
export function Findings({ bench }: { bench: Workbench }) {
  const outcome = bench.outcome.value;
  const busy = bench.busy.value;
  const token = bench.token.value;
  return (
    <section class="pane pane--findings" aria-labelledby="findings-title">
      <h2 class="visually-hidden" id="findings-title">
        {translate('findings')}
      </h2>
      <p class="visually-hidden" role="status" data-testid="announcement">
        {announcement(bench)}
      </p>
      <div
        class={`results${busy ? ' results--stale' : ''}`}
        aria-busy={busy}
        data-testid="results"
        data-state={busy ? 'busy' : outcome.state}
      >
        {outcome.state === 'idle' && <Empty />}
        {outcome.state === 'failed' && <Failed failure={outcome.failure} />}
        {outcome.state === 'explained' && <Explained explanation={outcome.explanation} />}
      </div>
      {token !== null && <Decoded token={token} />}
    </section>
  );
}

function announcement(bench: Workbench): string {
  const outcome = bench.outcome.value;
  if (bench.busy.value) return translate('reading');
  if (outcome.state === 'failed') return translate(`failure_${outcome.failure}`);
  const found = outcome.state === 'explained' ? outcome.explanation.findings : [];
  const [first] = found;
  if (first === undefined) return '';
  const words = `${translate(`severity_${first.severity}`)}: ${first.message}`;
  return translate('announce', { count: found.length, first: words });
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { findings } = explanation;
  const [first] = findings;
  const fault = first !== undefined && first.severity !== 'note' ? first : null;
  const others = fault === null ? findings : findings.slice(1);
  const kind = `kind_${explanation.kind}` as MessageKey;
  return (
    <>
      <div class="summary">
        <p class="summary__kind" data-testid="kind">
          {translate(KINDS.has(kind) ? kind : 'kind_unknown')}
        </p>
        <Counts findings={findings} />
        <CopyButton explanation={explanation} />
      </div>
      {fault === null ? (
        <div class="fine" data-testid="fine">
          <CircleCheckBig size={26} aria-hidden="true" />
          <h3>{translate('fine')}</h3>
        </div>
      ) : (
        <>
          <p class="kicker">{translate('rootCause')}</p>
          <FindingCard finding={fault} first />
        </>
      )}
      {others.length > 0 && (
        <>
          {fault !== null && <h3 class="kicker kicker--others">{translate('alsoFound')}</h3>}
          <div class="others">
            {others.map((finding) => (
              <FindingCard
                key={`${finding.code} ${finding.path ?? ''}`}
                finding={finding}
                first={false}
              />
            ))}
          </div>
        </>
      )}
    </>
  );
}

function Counts({ findings }: { findings: readonly Finding[] }) {
  const order = ['fatal', 'silent', 'risk', 'note'] as const;
  return (
    <ul class="counts">
      {order.map((severity) => {
        const count = findings.filter((finding) => finding.severity === severity).length;
        return (
          count > 0 && (
            <li key={severity} class="counts__one">
              <span class="counts__number">{count}</span>
              <SeverityChip severity={severity} />
            </li>
          )
        );
      })}
    </ul>
  );
}

function CopyButton({ explanation }: { explanation: Explanation }) {
  const copied = useSignal(false);
  useEffect(() => {
    copied.value = false;
  }, [copied, explanation]);
  const copy = async (): Promise<void> => {
    copied.value = await writeText(asText(explanation));
  };
  return (
    <button type="button" class="link" data-testid="copy" onClick={() => void copy()}>
      {copied.value ? (
        <Check size={15} aria-hidden="true" />
      ) : (
        <Copy size={15} aria-hidden="true" />
      )}
      <span aria-live="polite">{translate(copied.value ? 'copied' : 'copy')}</span>
    </button>
  );
}

function Failed({ failure }: { failure: Failure }) {
  return (
    <div class="failed" data-testid="failure" data-failure={failure}>
      <CloudOff size={22} aria-hidden="true" />
      <div>
        <h3>{translate('failedTitle')}</h3>
        <p>
          <Prose text={translate(`failure_${failure}`)} />
        </p>
      </div>
    </div>
  );
}

function Empty() {
  return (
    <div class="empty" data-testid="empty">
      <h3>{translate('emptyTitle')}</h3>
      <p>{translate('emptyText')}</p>
      <ul>
        <li>
          <KeyRound size={18} aria-hidden="true" />
          {translate('emptyToken')}
        </li>
        <li>
          <Braces size={18} aria-hidden="true" />
          {translate('emptyConfig')}
        </li>
        <li>
          <Send size={18} aria-hidden="true" />
          {translate('emptyRequest')}
        </li>
        <li>
          <ScrollText size={18} aria-hidden="true" />
          {translate('emptyLog')}
        </li>
      </ul>
      <p>{translate('emptyTogether')}</p>
    </div>
  );
}
