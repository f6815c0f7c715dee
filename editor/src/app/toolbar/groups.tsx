import type { ComponentChildren } from 'preact';
import {
  Baseline,
  Bold,
  Highlighter,
  Italic,
  List,
  ListIndentDecrease,
  ListIndentIncrease,
  ListOrdered,
  PaintBucket,
  Redo2,
  Strikethrough,
  TextAlignCenter,
  TextAlignEnd,
  TextAlignJustify,
  TextAlignStart,
  Underline,
  Undo2,
} from 'lucide-preact';
import type { MessageKey } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { DocumentKind } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';
import { Choice, ColorTool, Tool } from './controls.js';
import { ImageTool, LinkTool, StoredImageTool, TableTool } from './insert.js';
import type { Icon } from './popover.js';
import { DocumentsTool } from './documents.js';

export interface Group {
  id: string;
  content: ComponentChildren;
}

const SIZES = [
  6, 7, 8, 9, 10, 10.5, 11, 12, 13, 14, 16, 18, 20, 22, 24, 26, 28, 32, 36, 40, 48, 54, 60, 72, 80,
  96,
].map(String);

/** The groups whose tools do what can be a proposal; the server refuses a reviewer the others. */
const PROPOSING: ReadonlySet<string> = new Set(['history', 'emphasis', 'font', 'color']);

/** The tools for a kind of document and what may be done with it, in the order of their importance. */
export function groupsFor(editor: Editor, kind: DocumentKind, host: Integration): Group[] {
  const groups = allGroups(editor, kind, host);
  return editor.state.document.value?.rights.access === 'review'
    ? groups.filter(({ id }) => PROPOSING.has(id))
    : groups;
}

function allGroups(editor: Editor, kind: DocumentKind, host: Integration): Group[] {
  const tool = (
    label: MessageKey,
    icon: Icon,
    name: string,
    options: { toggle?: boolean; testId?: string } = {},
  ) => (
    <Tool
      editor={editor}
      label={label}
      icon={icon}
      command={`.uno:${name}`}
      state={name}
      toggle={options.toggle ?? true}
      testId={`toolbar-${options.testId ?? name.toLowerCase()}`}
    />
  );

  const groups: Group[] = [
    {
      id: 'history',
      content: (
        <>
          {tool('undo', Undo2, 'Undo', { toggle: false })}
          {tool('redo', Redo2, 'Redo', { toggle: false })}
        </>
      ),
    },
    {
      id: 'emphasis',
      content: (
        <>
          {tool('bold', Bold, 'Bold')}
          {tool('italic', Italic, 'Italic')}
          {tool('underline', Underline, 'Underline')}
          {tool('strikeout', Strikethrough, 'Strikeout')}
        </>
      ),
    },
  ];
  if (kind === 'word') {
    groups.push({ id: 'style', content: <StyleChoice editor={editor} /> });
  }
  groups.push(
    { id: 'font', content: <FontChoices editor={editor} /> },
    { id: 'color', content: <Colors editor={editor} kind={kind} /> },
    { id: 'align', content: kind === 'cell' ? sheetAlignment(tool) : textAlignment(tool) },
  );
  if (kind !== 'cell') {
    groups.push({
      id: 'list',
      content: (
        <>
          {tool('bullets', List, 'DefaultBullet', { testId: 'bullets' })}
          {tool('numbering', ListOrdered, 'DefaultNumbering', { testId: 'numbering' })}
        </>
      ),
    });
  }
  const [less, more] =
    kind === 'slide'
      ? (['OutlineLeft', 'OutlineRight'] as const)
      : (['DecrementIndent', 'IncrementIndent'] as const);
  groups.push({
    id: 'indent',
    content: (
      <>
        {tool('indentLess', ListIndentDecrease, less, { toggle: false, testId: 'indent-less' })}
        {tool('indentMore', ListIndentIncrease, more, { toggle: false, testId: 'indent-more' })}
      </>
    ),
  });
  if (kind === 'word' && host.options.documents !== null) {
    groups.push({ id: 'documents', content: <DocumentsTool editor={editor} host={host} /> });
  }
  if (!host.options.insert) return groups;
  groups.push({
    id: 'insert',
    content: (
      <>
        {kind !== 'slide' && <LinkTool editor={editor} />}
        <ImageTool editor={editor} />
        {host.options.images && <StoredImageTool host={host} />}
        {kind !== 'cell' && <TableTool editor={editor} />}
      </>
    ),
  });
  return groups;
}

type ToolMaker = (
  label: MessageKey,
  icon: Icon,
  name: string,
  options?: { toggle?: boolean; testId?: string },
) => ComponentChildren;

function textAlignment(tool: ToolMaker) {
  return (
    <>
      {tool('alignLeft', TextAlignStart, 'LeftPara', { testId: 'align-left' })}
      {tool('alignCenter', TextAlignCenter, 'CenterPara', { testId: 'align-center' })}
      {tool('alignRight', TextAlignEnd, 'RightPara', { testId: 'align-right' })}
      {tool('justify', TextAlignJustify, 'JustifyPara', { testId: 'align-justify' })}
    </>
  );
}

function sheetAlignment(tool: ToolMaker) {
  return (
    <>
      {tool('alignLeft', TextAlignStart, 'AlignLeft', { testId: 'align-left' })}
      {tool('alignCenter', TextAlignCenter, 'AlignHorizontalCenter', { testId: 'align-center' })}
      {tool('alignRight', TextAlignEnd, 'AlignRight', { testId: 'align-right' })}
    </>
  );
}

function StyleChoice({ editor }: { editor: Editor }) {
  const { state } = editor;
  return (
    <Choice
      label="style"
      testId="toolbar-style"
      modifier="style"
      value={state.stateOf('StyleApply').value}
      options={state.styles.value}
      onChoose={(value) => {
        editor.command('.uno:StyleApply', {
          Style: { type: 'string', value },
          FamilyName: { type: 'string', value: 'ParagraphStyles' },
        });
        editor.focusDocument();
      }}
    />
  );
}

function FontChoices({ editor }: { editor: Editor }) {
  const { state } = editor;
  return (
    <>
      <Choice
        label="font"
        testId="toolbar-font"
        modifier="font"
        value={state.stateOf('CharFontName').value}
        options={state.fonts.value}
        onChoose={(value) => {
          editor.command('.uno:CharFontName', {
            'CharFontName.FamilyName': { type: 'string', value },
          });
          editor.focusDocument();
        }}
      />
      <Choice
        label="fontSize"
        testId="toolbar-size"
        modifier="size"
        value={sizeOf(state.stateOf('FontHeight').value)}
        options={SIZES}
        onChoose={(value) => {
          editor.command('.uno:FontHeight', {
            'FontHeight.Height': { type: 'float', value: Number(value) },
          });
          editor.focusDocument();
        }}
      />
    </>
  );
}

/** `12` for the engine's `12` or `12.0`; empty where there are several sizes. */
function sizeOf(state: string): string {
  const size = Number.parseFloat(state.replace(',', '.'));
  return Number.isFinite(size) && size > 0 ? String(size) : '';
}

function Colors({ editor, kind }: { editor: Editor; kind: DocumentKind }) {
  const text = kind === 'word' ? 'FontColor' : 'Color';
  const behind = kind === 'cell' ? 'BackgroundColor' : 'CharBackColor';
  return (
    <>
      <ColorTool
        editor={editor}
        label="textColor"
        icon={Baseline}
        testId="toolbar-color"
        states={[text]}
        command={`.uno:${text}`}
        argument={text}
        none="automatic"
      />
      <ColorTool
        editor={editor}
        label={kind === 'cell' ? 'fill' : 'highlight'}
        icon={kind === 'cell' ? PaintBucket : Highlighter}
        testId="toolbar-highlight"
        states={[behind, 'BackColor']}
        command={`.uno:${behind}`}
        argument={behind}
        none="noColor"
      />
    </>
  );
}
