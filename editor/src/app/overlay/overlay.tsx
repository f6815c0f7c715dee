import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Participant, Rect } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';
import type { Peer } from '../state/state.js';
import { pixelsPerTwip } from '../tiles/geometry.js';
import { isHovered } from './hover.js';
import { SelectionHandles } from './selection-handles.js';

/** How long a peer's name stays after the caret moved. */
const NAME_MS = 3000;

/** Carets, selections and cell cursors, in document coordinates; scrolled as one layer. */
export function Overlay({ editor }: { editor: Editor }) {
  const { state } = editor;
  const scale = pixelsPerTwip(state.tileTwips.value);
  const part = state.part.value;
  const isText = state.document.value?.kind === 'word';
  const people = new Map(state.participants.value.map((one) => [one.view, one]));
  const peers = [...state.peers.value.values()].filter((peer) => isText || peer.part === part);
  const caret = state.caret.value;
  const cell = state.cell.value;
  const selection = state.selection.value;
  const area = state.cellArea.value;
  const graphic = state.graphic.value;
  return (
    <div class="overlay" aria-hidden="true">
      {selection.map((rect, index) => (
        <div key={index} class="overlay__selection" style={box(rect, scale)} />
      ))}
      {peers.map((peer) => {
        const person = people.get(peer.view);
        return person === undefined ? null : (
          <PeerMarks key={peer.view} peer={peer} person={person} scale={scale} />
        );
      })}
      {area !== null && (
        <div
          // The ranges in it have their own colour when the engine tells them.
          class={selection.length > 0 ? 'overlay__area' : 'overlay__area overlay__area--filled'}
          style={box(area, scale)}
        />
      )}
      {cell !== null && (
        <div class="overlay__cell" data-testid="cell-cursor" style={box(cell.rect, scale)} />
      )}
      {graphic !== null && <GraphicFrame rect={graphic} scale={scale} />}
      {state.touch.value && <SelectionHandles editor={editor} scale={scale} />}
      {caret !== null && state.caretVisible.value && (state.editable || state.fills) && (
        <div
          // A new element after each movement starts the blinking again: a moving caret is always seen.
          key={caret.join()}
          class={state.focused.value ? 'overlay__caret' : 'overlay__caret overlay__caret--idle'}
          data-testid="caret"
          style={{ ...box(caret, scale), width: undefined }}
        />
      )}
    </div>
  );
}

function PeerMarks({ peer, person, scale }: { peer: Peer; person: Participant; scale: number }) {
  const recent = useSignal(true);
  useEffect(() => {
    recent.value = true;
    const left = peer.movedAt + NAME_MS - Date.now();
    const timer = setTimeout(() => (recent.value = false), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [peer.movedAt]);
  const color = safeColor(person.color);
  const name = person.name === '' ? translate('anonymous') : person.name;
  const anchor = peer.caretVisible ? (peer.caret ?? peer.cell?.rect) : peer.cell?.rect;
  const showName = recent.value || (anchor !== undefined && isHovered(anchor));
  return (
    <>
      {peer.selection.map((rect, index) => (
        <div
          key={index}
          class="overlay__peer-selection"
          data-testid="peer-selection"
          style={{ ...box(rect, scale), background: color }}
        />
      ))}
      {peer.graphic !== null && (
        <div
          class="overlay__peer-graphic"
          style={{ ...box(peer.graphic, scale), borderColor: color }}
        />
      )}
      {peer.cell !== null && (
        <div
          class="overlay__peer-cell"
          data-testid="peer-cell"
          data-name={name}
          data-color={person.color}
          style={{ ...box(peer.cell.rect, scale), borderColor: color }}
        >
          <Flag name={name} color={color} shown={showName} low={peer.cell.row === 0} />
        </div>
      )}
      {peer.caret !== null && peer.cell === null && peer.caretVisible && (
        <div
          class="overlay__peer-caret"
          data-testid="peer-caret"
          data-name={name}
          data-color={person.color}
          style={{ ...box(peer.caret, scale), width: undefined, background: color }}
        >
          <Flag name={name} color={color} shown={showName} low={false} />
        </div>
      )}
    </>
  );
}

function Flag(props: { name: string; color: string; shown: boolean; low: boolean }) {
  return (
    <span
      class={`overlay__flag${props.shown ? ' overlay__flag--shown' : ''}${props.low ? ' overlay__flag--low' : ''}`}
      style={{ background: props.color }}
    >
      {props.name}
    </span>
  );
}

function GraphicFrame({ rect, scale }: { rect: Rect; scale: number }) {
  const places = [0, 0.5, 1].flatMap((x) => [0, 0.5, 1].map((y) => ({ x, y })));
  return (
    <div class="overlay__graphic" data-testid="graphic" style={box(rect, scale)}>
      {places
        .filter(({ x, y }) => x !== 0.5 || y !== 0.5)
        .map(({ x, y }) => (
          <span
            key={`${x}/${y}`}
            class="overlay__handle"
            style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
          />
        ))}
    </div>
  );
}

function box([x, y, width, height]: Rect, scale: number) {
  return {
    left: `${x * scale}px`,
    top: `${y * scale}px`,
    width: `${width * scale}px`,
    height: `${height * scale}px`,
  };
}

/** Only `#rrggbb`: nothing else from outside reaches a style. */
export function safeColor(color: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? color : '#57534e';
}
