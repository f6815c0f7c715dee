import { useRef } from 'preact/hooks';
import type { Editor } from '../state/editor.js';

/** The handle hangs below the text that it belongs to. */
const HANG_PX = 14;

/** What a finger takes hold of to change the selection. */
export function SelectionHandles({ editor, scale }: { editor: Editor; scale: number }) {
  const { selection, document } = editor.state;
  const first = selection.value[0];
  const last = selection.value.at(-1);
  if (first === undefined || last === undefined || document.value?.kind === 'cell') return null;
  return (
    <>
      <Handle editor={editor} scale={scale} end="start" x={first[0]} y={first[1] + first[3]} />
      <Handle editor={editor} scale={scale} end="end" x={last[0] + last[2]} y={last[1] + last[3]} />
    </>
  );
}

interface HandleProps {
  editor: Editor;
  scale: number;
  end: 'start' | 'end';
  /** Twips. */
  x: number;
  y: number;
}

function Handle({ editor, scale, end, x, y }: HandleProps) {
  const frame = useRef(0);
  const drag = (event: PointerEvent): void => {
    const layer = (event.currentTarget as HTMLElement).offsetParent;
    const origin = layer?.getBoundingClientRect();
    if (origin === undefined || frame.current !== 0) return;
    const { clientX, clientY } = event;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      editor.input({
        kind: 'select',
        handle: end,
        x: Math.max(0, Math.round((clientX - origin.left) / scale)),
        y: Math.max(0, Math.round((clientY - origin.top - HANG_PX) / scale)),
      });
    });
  };
  return (
    <span
      class={`overlay__grip overlay__grip--${end}`}
      data-testid={`selection-${end}`}
      style={{ left: `${x * scale}px`, top: `${y * scale}px` }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) drag(event);
      }}
    />
  );
}
