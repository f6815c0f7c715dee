import { Dialogs } from './integration/dialogs.js';
import { HistoryPanel } from './integration/history-panel.js';
import type { Integration } from './integration/integration.js';
import type { Editor } from './state/editor.js';
import { FormulaBar } from './panels/formula-bar.js';
import { Header } from './panels/header.js';
import { LossesBar } from './panels/losses-bar.js';
import { Notices } from './panels/notices.js';
import { SidePanel } from './panels/side-panel.js';
import { PasswordDialog } from './panels/password-dialog.js';
import { ProblemPanel } from './panels/problem.js';
import { ClosedPanel, ProgressPanel } from './panels/progress.js';
import { SheetTabs } from './panels/sheet-tabs.js';
import { SlideList } from './panels/slide-list.js';
import { StatusBar } from './panels/status-bar.js';
import { DocumentView } from './tiles/document-view.js';
import { Toolbar } from './toolbar/toolbar.js';

/** The whole page: a document, or what is in its place, and the question for its password. */
export function App({ editor, host }: { editor: Editor; host: Integration }) {
  return (
    <>
      <Page editor={editor} host={host} />
      {editor.state.locked.value !== null && <PasswordDialog editor={editor} />}
    </>
  );
}

function Page({ editor, host }: { editor: Editor; host: Integration }) {
  const { state } = editor;
  const { options } = host;
  const problem = state.problem.value;
  if (problem !== null && host.refreshing.value)
    return <ProgressPanel editor={editor} host={host} />;
  if (problem !== null) return <ProblemPanel problem={problem} />;
  if (state.phase.value === 'closed') return <ClosedPanel />;
  if (state.document.value === null) return <ProgressPanel editor={editor} host={host} />;
  // A version of the history takes the document's place, for reading.
  const version = host.history.shown.value;
  const shown = version ?? editor;
  const kind = shown.state.problem.value === null ? shown.state.document.value?.kind : undefined;
  const tools = version === null && state.editable && options.toolbar;
  const names = [
    'editor',
    `editor--${kind ?? 'none'}`,
    ...(options.bottom ? ['editor--bottom'] : []),
  ];
  return (
    <div class={names.join(' ')}>
      <Header editor={editor} host={host} />
      {tools && kind !== undefined && (
        <Toolbar key={state.document.value.rights.access} editor={editor} kind={kind} host={host} />
      )}
      {version === null && kind !== undefined && <LossesBar editor={editor} host={host} />}
      {kind === 'cell' && <FormulaBar editor={shown} />}
      <div class="editor__middle">
        {kind === 'slide' && <SlideList editor={shown} />}
        {kind === undefined ? (
          <Place editor={shown} host={host} />
        ) : (
          <DocumentView editor={shown} />
        )}
        <HistoryPanel editor={editor} host={host} />
        {version === null && kind !== undefined && <SidePanel editor={editor} host={host} />}
        <Notices editor={shown} />
      </div>
      {kind === 'cell' && <SheetTabs editor={shown} />}
      {options.statusBar && kind !== undefined && <StatusBar editor={shown} />}
      <Dialogs editor={editor} host={host} />
    </div>
  );
}

/** What stands where a version is going to be, or cannot be. */
function Place({ editor, host }: { editor: Editor; host: Integration }) {
  const problem = editor.state.problem.value;
  return (
    <div class="editor__place">
      {problem === null ? (
        <ProgressPanel editor={editor} host={host} />
      ) : (
        <ProblemPanel problem={problem} />
      )}
    </div>
  );
}
