import type { Editor } from './state/editor.js';
import { FormulaBar } from './panels/formula-bar.js';
import { Header, type HeaderOptions } from './panels/header.js';
import { Notices } from './panels/notices.js';
import { ProblemPanel } from './panels/problem.js';
import { ClosedPanel, ProgressPanel } from './panels/progress.js';
import { SheetTabs } from './panels/sheet-tabs.js';
import { SlideList } from './panels/slide-list.js';
import { StatusBar } from './panels/status-bar.js';
import { DocumentView } from './tiles/document-view.js';
import { Toolbar } from './toolbar/toolbar.js';

/** The whole page: a document, or what stands in its place. */
export function App({ editor, options }: { editor: Editor; options: HeaderOptions }) {
  const { state } = editor;
  const problem = state.problem.value;
  if (problem !== null) return <ProblemPanel problem={problem} />;
  const opened = state.document.value;
  if (state.phase.value === 'closed') return <ClosedPanel />;
  if (opened === null) return <ProgressPanel editor={editor} />;
  const { kind } = opened;
  return (
    <div class={`editor editor--${kind}`}>
      <Header editor={editor} options={options} />
      {state.editable && <Toolbar editor={editor} kind={kind} />}
      {kind === 'cell' && <FormulaBar editor={editor} />}
      <div class="editor__middle">
        {kind === 'slide' && <SlideList editor={editor} />}
        <DocumentView editor={editor} />
        <Notices editor={editor} />
      </div>
      {kind === 'cell' && <SheetTabs editor={editor} />}
      <StatusBar editor={editor} />
    </div>
  );
}
