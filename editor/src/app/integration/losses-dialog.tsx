import { translate, type MessageKey } from '../i18n/index.js';
import { placed, wordsOf } from '../i18n/losses.js';
import type { Loss } from '../live/protocol.js';
import { Choices } from '../panels/losses-bar.js';
import { Frame, type DialogProps } from './dialogs.js';

const RANKS: readonly [Loss['rank'], MessageKey][] = [
  ['content', 'lossesContent'],
  ['function', 'lossesFunction'],
  ['later', 'lossesLater'],
];

/** What a save would lose, by how much it matters, with the places and the choices. */
export function LossesDialog(props: DialogProps) {
  const { editor, host } = props;
  const { losses } = editor;
  const all = losses.losses.value?.losses ?? [];
  const asked = losses.asked.value;
  return (
    <Frame
      {...props}
      title={asked ? 'lossesAsk' : 'lossesTitle'}
      wide
      onClose={() => losses.later()}
    >
      <p>{translate(asked ? 'lossesAskWhy' : 'lossesWhy')}</p>
      <div class="losses" tabIndex={0} role="group" aria-label={translate('lossesList')}>
        {RANKS.map(([rank, title]) => {
          const these = all.filter((loss) => loss.rank === rank);
          return these.length === 0 ? null : (
            <section key={rank} data-testid={`losses-${rank}`}>
              <h3>{translate(title)}</h3>
              <ul>
                {these.map((loss) => (
                  <Kind key={loss.kind} loss={loss} />
                ))}
              </ul>
            </section>
          );
        })}
        {losses.losses.value?.complete === false && (
          <p data-testid="losses-incomplete">{translate('lossesIncomplete')}</p>
        )}
      </div>
      {(losses.undecided || editor.state.reading.value) && (
        <div class="dialog__choices">
          <Choices
            editor={editor}
            host={host}
            reading={editor.state.reading.value}
            done={() => (host.dialog.value = null)}
          />
        </div>
      )}
    </Frame>
  );
}

function Kind({ loss }: { loss: Loss }) {
  const { name, sentence } = wordsOf(loss.kind);
  const hidden = loss.count - loss.places.length;
  return (
    <li data-testid={`loss-${loss.kind}`}>
      <strong>{name}</strong>
      <p>{sentence}</p>
      {loss.places.length > 0 && (
        <ul class="losses__places">
          {loss.places.map((place, index) => (
            <li key={index}>{placed(place)}</li>
          ))}
          {hidden > 0 && <li>{translate('lossesMorePlaces', { count: hidden })}</li>}
        </ul>
      )}
    </li>
  );
}
