import { Dialogs } from './integration/dialogs.js';
import { HistoryPanel } from './integration/history-panel.js';
import type { Integration } from './integration/integration.js';
import type { Editor } from './state/editor.js';
import { FormulaBar } from './panels/formula-bar.js';
import { Header } from './panels/header.js';
import { Notices } from './panels/notices.js';
import { ProblemPanel } from './panels/problem.js';
import { ClosedPanel, ProgressPanel } from './panels/progress.js';
import { SheetTabs } from './panels/sheet-tabs.js';
import { SlideList } from './panels/slide-list.js';
import { StatusBar } from './panels/status-bar.js';
import { DocumentView } from './tiles/document-view.js';
import { Toolbar } from './toolbar/toolbar.js';

/** The whole page: a document, or what stands in its place. */
export function App({ editor, host }: { editor: Editor; host: Integration }) {
  const { state } = editor;
  const { options } = host;
  const problem = state.problem.value;
  if (problem !== null) return <ProblemPanel problem={problem} />;
  const opened = state.document.value;
  if (state.phase.value === 'closed') return <ClosedPanel />;
  if (opened === null) return <ProgressPanel editor={editor} host={host} />;
  const { kind } = opened;
  return (
    <div class={`editor editor--${kind}${options.bottom ? ' editor--bottom' : ''}`}>
      <Header editor={editor} host={host} />
      {state.editable && options.toolbar && <Toolbar editor={editor} kind={kind} host={host} />}
      {kind === 'cell' && <FormulaBar editor={editor} />}
      <div class="editor__middle">
        {kind === 'slide' && <SlideList editor={editor} />}
        <DocumentView editor={editor} />
        <HistoryPanel editor={editor} host={host} />
        <Notices editor={editor} />
      </div>
      {kind === 'cell' && <SheetTabs editor={editor} />}
      {options.statusBar && <StatusBar editor={editor} />}
      <Dialogs editor={editor} host={host} />
    </div>
  );
}
