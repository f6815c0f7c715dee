import type { Ref } from 'preact';

/** The frames of column and row headers; the view paints into them. */
export function SheetHeaders(props: {
  columns: Ref<HTMLCanvasElement>;
  rows: Ref<HTMLCanvasElement>;
}) {
  return (
    <>
      <div class="sheet-corner" aria-hidden="true" />
      <canvas
        class="sheet-columns"
        data-testid="column-headers"
        aria-hidden="true"
        ref={props.columns}
      />
      <canvas class="sheet-rows" data-testid="row-headers" aria-hidden="true" ref={props.rows} />
    </>
  );
}
