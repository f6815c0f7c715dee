import type { Input } from '../live/protocol.js';
import type { EditorState } from './state.js';

/** The inputs that bring a new view of the document to where the caret is. */
export function placeOf({ document, part, caret, cellAddress }: EditorState): readonly Input[] {
  switch (document.value?.kind) {
    case 'word': {
      if (caret.value === null) return [];
      const [x, y, , height] = caret.value;
      const at = { kind: 'mouse', x, y: Math.round(y + height / 2) } as const;
      return (['down', 'up'] as const).map((action) => ({
        ...at,
        action,
        count: 1,
        buttons: 1,
        modifiers: 0,
      }));
    }
    case 'cell': {
      const cell: Input = {
        kind: 'command',
        name: '.uno:GoToCell',
        args: { ToPoint: { type: 'string', value: cellAddress.value } },
      };
      return [{ kind: 'part', index: part.value }, ...(cellAddress.value === '' ? [] : [cell])];
    }
    case 'slide':
      return [{ kind: 'part', index: part.value }];
    case undefined:
      return [];
  }
}
