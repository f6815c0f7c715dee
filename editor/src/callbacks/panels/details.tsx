import { ArrowRight, CircleCheck, OctagonX, Send } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { language } from '../../shared/language.js';
import { Prose } from '../../shared/prose.js';
import { whenWords } from '../../shared/when.js';
import { translate, type MessageKey } from '../i18n/index.js';
import type { Board } from '../state/board.js';
import type { Answer, Attempt } from '../state/server.js';
import { duration } from './duration.js';

/** All that is known of one attempt; what the server says of it is in English. */
export function Details({ attempt, board }: { attempt: Attempt; board: Board }) {
  return (
    <div class="details" data-testid="details">
      <div class="details__column">
        {attempt.message !== null && (
          <p class="details__message" lang="en">
            <Prose text={attempt.message} />
          </p>
        )}
        {attempt.hint !== null && (
          <div class="remedy">
            <ArrowRight size={17} aria-hidden="true" />
            <p lang="en">
              <span class="visually-hidden">{translate('toDo')}: </span>
              <Prose text={attempt.hint} />
            </p>
          </div>
        )}
        <Facts attempt={attempt} />
        <Replay attempt={attempt} board={board} />
      </div>
      <div class="details__column">
        <AnswerCard answer={attempt.answer} />
        <section>
          <h4>{translate('fields')}</h4>
          <pre class="code" tabIndex={0} data-testid="fields">
            {JSON.stringify(attempt.fields, null, 2)}
          </pre>
          <p class="hint">{translate('fieldsHint')}</p>
        </section>
      </div>
    </div>
  );
}

function Facts({ attempt }: { attempt: Attempt }) {
  const { date, distance } = whenWords(attempt.at / 1000, Date.now() / 1000, language.value);
  const facts: [MessageKey, string | null][] = [
    ['tenant', attempt.tenant ?? null],
    ['key', attempt.key],
    ['address', attempt.address],
    ['when', `${date} (${distance})`],
    ['took', duration(attempt.took)],
    ['code', attempt.outcome === 'taken' ? null : attempt.outcome],
    ['requests', attempt.requests > 1 ? String(attempt.requests) : null],
    ['replayOf', attempt.replayOf],
  ];
  return (
    <dl class="facts">
      {facts
        .filter((fact): fact is [MessageKey, string] => fact[1] !== null)
        .map(([name, value]) => (
          <div key={name} class="facts__row">
            <dt>{translate(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function AnswerCard({ answer }: { answer: Answer | null }) {
  return (
    <section>
      <h4>{translate('answer')}</h4>
      {answer === null ? (
        <p class="hint" data-testid="answer">
          {translate('answerNone')}
        </p>
      ) : (
        <div data-testid="answer">
          <p class="answer__status">{translate('answerStatus', { status: answer.status })}</p>
          {answer.body === '' ? (
            <p class="hint">{translate('answerEmpty')}</p>
          ) : (
            // It scrolls inside, and the keyboard must reach it.
            <pre class="code" tabIndex={0}>
              {answer.body}
            </pre>
          )}
          {answer.cut && <p class="hint">{translate('answerCut')}</p>}
        </div>
      )}
    </section>
  );
}

function Replay({ attempt, board }: { attempt: Attempt; board: Board }) {
  const replay = board.replay.value;
  const own = replay?.id === attempt.id ? replay : null;
  const confirm = useRef<HTMLButtonElement>(null);
  const send = useRef<HTMLButtonElement>(null);
  const asking = own?.state === 'asking';
  useEffect(() => {
    if (asking) confirm.current?.focus();
  }, [asking]);
  if (!attempt.replayable) return <p class="hint">{translate('replayTooLarge')}</p>;
  if (asking) {
    return (
      <div class="confirm" role="group" aria-labelledby="confirm-text" data-testid="confirm">
        <p id="confirm-text">{translate('replayConfirm')}</p>
        <div class="confirm__buttons">
          <button
            ref={confirm}
            type="button"
            class="button"
            data-testid="replay-yes"
            onClick={() => void board.send(attempt, true)}
          >
            {translate('replayYes')}
          </button>
          <button
            type="button"
            class="button button--quiet"
            data-testid="replay-no"
            onClick={() => {
              board.cancel();
              // The button that asked is there again.
              requestAnimationFrame(() => send.current?.focus());
            }}
          >
            {translate('replayNo')}
          </button>
        </div>
      </div>
    );
  }
  const sending = replay?.state === 'sending';
  return (
    <div class="replay">
      <button
        ref={send}
        type="button"
        class="button button--quiet"
        aria-disabled={sending}
        data-testid="replay"
        onClick={() => void board.send(attempt)}
      >
        <Send size={15} aria-hidden="true" />
        {translate(own?.state === 'sending' ? 'replaying' : 'replay')}
      </button>
      <div role="status" data-testid="replay-result" data-state={own?.state ?? 'none'}>
        {own?.state === 'sent' && <Sent attempt={own.attempt} />}
        {own?.state === 'failed' && (
          <p class="replay__failed">{translate(`failure_${own.failure}`)}</p>
        )}
      </div>
    </div>
  );
}

function Sent({ attempt }: { attempt: Attempt }) {
  const taken = attempt.outcome === 'taken';
  const Icon = taken ? CircleCheck : OctagonX;
  return (
    <>
      <p class={taken ? 'replay__taken' : 'replay__failed'}>
        <Icon size={16} aria-hidden="true" />
        {translate(taken ? 'replayTaken' : 'replayFailed')} ({duration(attempt.took)})
      </p>
      {attempt.message !== null && (
        <p lang="en">
          <Prose text={attempt.message} />
        </p>
      )}
      {attempt.answer !== null && attempt.answer.body !== '' && (
        <pre class="code" tabIndex={0}>
          {attempt.answer.body}
        </pre>
      )}
    </>
  );
}
