import { Users } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { Participant } from '../live/protocol.js';
import { safeColor } from '../overlay/overlay.js';
import type { Editor } from '../state/editor.js';
import { Popover } from '../toolbar/popover.js';

const SHOWN = 4;

const ROLES = {
  view: 'canView',
  comment: 'canComment',
  fill: 'canFill',
  review: 'canReview',
  edit: 'canEdit',
} as const;

/** First letters of the first and last word of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

export function Participants({ editor, host }: { editor: Editor; host: Integration }) {
  const list = editor.state.participants.value;
  const self = editor.state.document.value?.self;
  const others = list.filter((one) => one.id !== self);
  const nameOf = (one: Participant): string => {
    const name = one.name === '' ? translate('anonymous') : one.name;
    return one.id === self ? translate('you', { name }) : name;
  };
  return (
    <div
      class="participants"
      data-testid="participants"
      data-count={list.filter((one) => one.online).length}
    >
      <div class="participants__row" aria-hidden="true">
        {others.slice(0, SHOWN).map((one) => (
          <Avatar key={one.id} participant={one} host={host} />
        ))}
        {others.length > SHOWN && <span class="avatar avatar--more">+{others.length - SHOWN}</span>}
      </div>
      <Popover
        label={translate('participantsCount', { count: list.length })}
        icon={Users}
        testId="participants-button"
        onClose={() => editor.focusDocument()}
      >
        {() => (
          <ul class="participants__list" data-testid="participants-list">
            {list.map((one) => (
              <li key={one.id} data-name={one.name}>
                <Avatar participant={one} host={host} />
                <span class="participants__name">{nameOf(one)}</span>
                <span class="participants__role">
                  {translate(one.online ? ROLES[one.access] : 'away')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Popover>
    </div>
  );
}

function Avatar({ participant, host }: { participant: Participant; host: Integration }) {
  const face = host.face(participant.userId);
  return (
    <span
      class={participant.online ? 'avatar' : 'avatar avatar--away'}
      data-testid="avatar"
      data-name={participant.name}
      data-color={participant.color}
      title={participant.name}
      style={{ background: safeColor(participant.color) }}
    >
      {face === null ? initials(participant.name) || '?' : <img src={face} alt="" />}
    </span>
  );
}
