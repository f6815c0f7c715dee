import { effect, useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import { Overlay } from '../overlay/overlay.js';
import { FieldForm } from '../overlay/field-form.js';
import type { Editor } from '../state/editor.js';
import { SheetHeaders } from '../overlay/sheet-headers.js';
import { ViewController } from './view-controller.js';

/** The document's window: tiles below, carets and selections above them, what takes the input on top. */
export function DocumentView({ editor }: { editor: Editor }) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const columns = useRef<HTMLCanvasElement>(null);
  const rows = useRef<HTMLCanvasElement>(null);
  const { state } = editor;
  const isSheet = state.document.value?.kind === 'cell';
  const readOnly = useComputed(() => !state.editable);

  useEffect(() => {
    if (
      scroller.current === null ||
      content.current === null ||
      canvas.current === null ||
      layer.current === null ||
      field.current === null
    ) {
      return undefined;
    }
    const controller = new ViewController(editor, {
      scroller: scroller.current,
      content: content.current,
      canvas: canvas.current,
      layer: layer.current,
      field: field.current,
      columns: columns.current,
      rows: rows.current,
    });
    const stop = effect(() => controller.update());
    // Walking through the versions does not leave their list.
    const inHistory = document.activeElement?.closest('.history') ?? null;
    if (inHistory === null) field.current.focus({ preventScroll: true });
    return () => {
      stop();
      controller.close();
    };
  }, [editor]);

  return (
    <main
      class={isSheet ? 'document document--sheet' : 'document'}
      aria-label={translate('document')}
    >
      {isSheet && <SheetHeaders columns={columns} rows={rows} />}
      <div class="document__window">
        <canvas class="document__canvas" data-testid="document-canvas" ref={canvas} />
        <div class="document__layer" ref={layer}>
          <Overlay editor={editor} />
          <textarea
            class="document__field"
            ref={field}
            aria-label={translate('documentInput')}
            aria-readonly={readOnly}
            aria-keyshortcuts="Alt+F10"
            autocomplete="off"
            autocapitalize="sentences"
            autocorrect="off"
            spellcheck={false}
            data-testid="document-input"
            rows={1}
          />
          <FieldForm editor={editor} />
        </div>
        <div class="document__scroller" ref={scroller} data-testid="document-scroller">
          <div class="document__content" ref={content} />
        </div>
      </div>
    </main>
  );
}
