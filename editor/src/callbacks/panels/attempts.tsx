import { CircleCheck, CloudOff, ChevronRight, OctagonX } from 'lucide-preact';
import { language } from '../../shared/language.js';
import { whenWords } from '../../shared/when.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Board } from '../state/board.js';
import type { Attempt } from '../state/server.js';
import { Details } from './details.js';
import { duration } from './duration.js';

const STATUSES: readonly number[] = [1, 2, 3, 4, 6, 7];

/** The list, of which one may be open. */
export function Attempts({ board }: { board: Board }) {
  const failure = board.failure.value;
  const shown = board.shown.value;
  const all = board.list.value?.callbacks ?? null;
  return (
    <section aria-labelledby="list-title">
      <h2 class="visually-hidden" id="list-title">
        {translate('list')}
      </h2>
      {failure !== null && (
        <div class="trouble" role="alert" data-testid="failure" data-failure={failure}>
          <CloudOff size={20} aria-hidden="true" />
          <div>
            <h3>{translate('failedTitle')}</h3>
            <p>{translate(`failure_${failure}`)}</p>
          </div>
        </div>
      )}
      {all !== null && shown.length === 0 && (
        <div class="nothing" data-testid="empty">
          <h3>{translate(all.length === 0 ? 'emptyTitle' : 'emptyFiltered')}</h3>
          {all.length === 0 && <p>{translate('emptyText')}</p>}
        </div>
      )}
      <ul class="attempts" data-testid="attempts">
        {shown.map((attempt) => (
          <Row key={attempt.id} attempt={attempt} board={board} />
        ))}
      </ul>
    </section>
  );
}

function Row({ attempt, board }: { attempt: Attempt; board: Board }) {
  const open = board.open.value === attempt.id;
  const taken = attempt.outcome === 'taken';
  const { distance } = whenWords(attempt.at / 1000, Date.now() / 1000, language.value);
  const Icon = taken ? CircleCheck : OctagonX;
  const details = `details-${attempt.id}`;
  return (
    <li
      class={`attempt${open ? ' attempt--open' : ''}`}
      data-testid="attempt"
      data-outcome={attempt.outcome}
      data-status={attempt.status}
    >
      <h3 class="attempt__head">
        <button
          type="button"
          class="attempt__button"
          aria-expanded={open}
          aria-controls={details}
          data-testid="attempt-open"
          onClick={() => {
            board.toggle(attempt.id);
          }}
        >
          <ChevronRight class="attempt__arrow" size={16} aria-hidden="true" />
          <span class="attempt__number" aria-hidden="true">
            {attempt.status}
          </span>
          <span class="attempt__what">{statusWords(attempt.status)}</span>
          <span class="attempt__key">{attempt.key}</span>
          <span class="attempt__notes">
            {attempt.replayOf !== null && <span>{translate('replayed')}</span>}
            {attempt.attempt > 1 && (
              <span>{translate('attempt', { attempt: attempt.attempt })}</span>
            )}
            <span>{duration(attempt.took)}</span>
            <span>{distance}</span>
          </span>
          <span class={`outcome outcome--${taken ? 'taken' : 'failed'}`}>
            <Icon size={14} aria-hidden="true" />
            {translate(taken ? 'taken' : 'failed')}
          </span>
        </button>
      </h3>
      <div id={details}>{open && <Details attempt={attempt} board={board} />}</div>
    </li>
  );
}

function statusWords(status: number): string {
  if (!STATUSES.includes(status)) return translate('status_other', { status });
  return translate(`status_${status}` as MessageKey);
}
