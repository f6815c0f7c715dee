import { language } from '../../shared/language.js';
import { translate } from '../i18n/index.js';
import type { DecodedToken, Time } from '../state/decode.js';
import type { Piece } from '../state/json.js';
import { whenWords } from '../../shared/when.js';

/** Header and payload of the pasted token, without its signature. */
export function Decoded({ token }: { token: DecodedToken }) {
  return (
    <section class="decoded" aria-labelledby="decoded-title" data-testid="decoded">
      <h3 class="kicker kicker--others" id="decoded-title">
        {translate('decoded')}
      </h3>
      <div class="decoded__card">
        <div class="decoded__part">
          <h4>{translate('header')}</h4>
          <Code pieces={token.header} testId="decoded-header" />
        </div>
        <div class="decoded__part">
          <h4>{translate('payload')}</h4>
          {token.payload === null ? (
            <p class="hint">{translate('payloadUnreadable')}</p>
          ) : (
            <Code pieces={token.payload} testId="decoded-payload" />
          )}
        </div>
        {token.times.length > 0 && <Times times={token.times} />}
        <p class="hint decoded__hint">{translate('decodedHint')}</p>
      </div>
    </section>
  );
}

function Code({ pieces, testId }: { pieces: readonly Piece[]; testId: string }) {
  return (
    // A long line scrolls inside, and the keyboard must reach it.
    <pre class="code" tabIndex={0} data-testid={testId}>
      {pieces.map((piece, index) =>
        piece.kind === 'plain' ? (
          piece.text
        ) : (
          <span key={index} class={`code__${piece.kind}`}>
            {piece.text}
          </span>
        ),
      )}
    </pre>
  );
}

function Times({ times }: { times: readonly Time[] }) {
  const now = Date.now() / 1000;
  return (
    <div class="decoded__part">
      <h4>{translate('times')}</h4>
      <dl class="times">
        {times.map(({ claim, at }) => {
          const { date, distance } = whenWords(at, now, language.value);
          return (
            <div key={claim}>
              <dt>{claim}</dt>
              <dd>
                {date} <span class="times__distance">{distance}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
