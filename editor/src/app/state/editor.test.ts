// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pasteImage } from '../input/clipboard.js';
import type { ClientMessage, Input } from '../live/protocol.js';
import { Editor } from './editor.js';

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readyState = 1;
  sent: ClientMessage[] = [];

  constructor() {
    super();
    FakeSocket.last = this;
  }

  say(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }
}

const save = (state: string, message: string | null = null) => ({
  state,
  at: null,
  message,
  hint: null,
});
const RIGHTS = {
  access: 'edit',
  comment: true,
  copy: true,
  download: true,
  print: true,
  chat: true,
};
const opened = (more: object = {}, kind = 'word') => ({
  type: 'opened',
  participant: 'p1',
  view: 1,
  session: 's1',
  document: { key: 'k', title: 'T', fileType: 'docx', kind, parts: [], width: 9, height: 9 },
  ...RIGHTS,
  formats: ['docx', 'pdf'],
  chatMessages: [],
  user: { id: 'u', name: 'U' },
  lang: 'en',
  participants: [],
  applied: 0,
  fresh: true,
  save: save('saved'),
  heartbeat: 15,
  ...more,
});

describe('editor', () => {
  let raised: [string, unknown][];
  let editor: Editor;

  const open = (message: unknown, readOnly = false): void => {
    navigator.sendBeacon = () => true;
    editor = new Editor('ws://x', {}, { readOnly }, (name, data) => raised.push([name, data]));
    editor.open();
    FakeSocket.last.dispatchEvent(new Event('open'));
    FakeSocket.last.say(message);
  };
  const say = (message: unknown): void => FakeSocket.last.say(message);
  const inputs = (): Input[] =>
    FakeSocket.last.sent.flatMap((message) => (message.type === 'input' ? [message.input] : []));

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    raised = [];
  });

  afterEach(() => {
    editor.leave();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('asks before the first change of what a save would harm, and tells the application', () => {
    const losses = {
      rule: 'tell',
      held: false,
      losses: [{ kind: 'macros', rank: 'function', count: 1, places: [] }],
      complete: true,
    };
    open(opened({ losses }));
    expect(raised.at(-1)).toEqual(['onDocumentLosses', losses]);
    editor.input({ kind: 'key', char: 0, code: 1024 });
    editor.input({ kind: 'text', text: 'x' });
    void editor.copy(true);
    expect(inputs().map(({ kind }) => kind)).toEqual(['key']);
    expect(editor.losses.asked.value).toBe(true);
    editor.losses.edit();
    expect(inputs().map(({ kind }) => kind)).toEqual(['key', 'text']);
  });

  it('tells the page around it once that the document is there', () => {
    open(opened());
    say(opened({ fresh: false }));
    expect(raised).toEqual([
      ['onInfo', { mode: 'edit' }],
      ['onDocumentReady', undefined],
      ['onPluginsReady', undefined],
    ]);
  });

  it('tells when there are unsaved changes and when there are none', () => {
    open(opened());
    raised = [];
    say({ type: 'save', ...save('unsaved') });
    say({ type: 'save', ...save('saving') });
    say({ type: 'save', ...save('saved') });
    expect(raised).toEqual([
      ['onDocumentStateChange', true],
      ['onDocumentStateChange', false],
    ]);
  });

  it('warns once when saving failed', () => {
    open(opened());
    raised = [];
    say({ type: 'save', ...save('failed', 'Nobody took the file.') });
    say({ type: 'save', ...save('failed', 'Nobody took the file.') });
    expect(raised).toEqual([
      ['onWarning', { warningCode: -101, warningDescription: 'Nobody took the file.' }],
      ['onDocumentStateChange', true],
    ]);
  });

  it('reports a refusal as error', () => {
    open({ type: 'refused', code: 'token.expired', message: 'M.', hint: 'H.', editorError: -21 });
    expect(raised).toEqual([['onError', { errorCode: -21, errorDescription: 'M.' }]]);
    expect(editor.state.phase.value).toBe('refused');
  });

  it('lets who may fill in fields do that and nothing else', () => {
    open(opened({ access: 'fill', comment: false }));
    expect(editor.state.editable).toBe(false);
    say({ type: 'fields', count: 0 });
    expect(editor.state.notices.value.at(-1)?.text).toContain('it has none');
    say({ type: 'field', field: { kind: 'list', items: ['red'] } });
    expect(editor.state.field.value).toEqual({ kind: 'list', items: ['red'] });
    editor.input({ kind: 'text', text: 'x' });
    editor.command('.uno:Bold');
    editor.input({ kind: 'pick', item: 0 });
    expect(inputs()).toEqual([{ kind: 'pick', item: 0 }]);
    // Enter stands for a click at the caret.
    say({ type: 'caret', rect: [100, 200, 0, 40] });
    editor.input({ kind: 'key', char: 13, code: 1280 });
    const click = { kind: 'mouse', x: 100, y: 220, count: 1, buttons: 1, modifiers: 0 };
    expect(inputs().slice(1)).toEqual([
      { ...click, action: 'down' },
      { ...click, action: 'up' },
    ]);
  });

  it('deletes a comment as its kind of document wants it', () => {
    for (const [kind, name] of [
      ['word', 'DeleteComment'],
      ['cell', 'DeleteNote'],
      ['slide', 'DeleteAnnotation'],
    ] as const) {
      open(opened({ access: 'comment' }, kind));
      editor.review.deleteComment('7');
      expect(inputs()).toEqual([
        { kind: 'command', name: `.uno:${name}`, args: { Id: { type: 'string', value: '7' } } },
      ]);
    }
  });

  it('shows another title as soon as the application gives one', () => {
    open(opened());
    raised = [];
    say({ type: 'title', title: 'Renamed.docx' });
    expect(editor.state.document.value?.title).toBe('Renamed.docx');
    expect(editor.state.document.value?.rights.access).toBe('edit');
    expect(raised).toEqual([['onMetaChange', { title: 'Renamed.docx' }]]);
  });

  it('stays away when the application has sent the user away', () => {
    open(opened());
    raised = [];
    const socket = FakeSocket.last;
    say({ type: 'failed', code: 'session.dropped', message: 'M.', editorError: -100, fatal: true });
    socket.close();
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.last).toBe(socket);
    expect(raised).toEqual([['onError', { errorCode: -100, errorDescription: 'M.' }]]);
    expect(editor.state.problem.value?.code).toBe('session.dropped');
  });

  it('sends nothing that a viewer may not do', () => {
    open(opened({ access: 'view' }));
    editor.command('.uno:Bold');
    editor.input({ kind: 'text', text: 'x' });
    editor.input({ kind: 'key', char: 97, code: 512 });
    editor.input({ kind: 'key', char: 0, code: 1024 });
    expect(inputs()).toEqual([{ kind: 'key', char: 0, code: 1024 }]);
  });

  it('sends the comments of somebody who may do no more, and nothing else', () => {
    open(opened({ access: 'comment' }));
    void editor.review.comment('Is this true?');
    editor.command('.uno:Bold');
    expect(inputs().map((input) => input.kind === 'command' && input.name)).toEqual([
      '.uno:InsertAnnotation',
    ]);
  });

  it('keeps to rights that are lowered, and says so', () => {
    open(opened());
    say({ type: 'rights', ...RIGHTS, access: 'view', comment: false });
    editor.input({ kind: 'text', text: 'x' });
    void editor.review.comment('x');
    expect(inputs()).toEqual([]);
    expect(editor.state.notices.value).toHaveLength(1);
  });

  it('tells the server that it gives up editing', () => {
    open(opened());
    editor.deny(null);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: 'giveUpEditing' });
  });

  it('counts messages that were not seen', () => {
    open(opened());
    const messages = [{ userId: 'b', name: 'B', color: '#000000', at: 'now', text: 'Hello' }];
    say({ type: 'chat', messages });
    say({ type: 'chat', messages });
    expect(editor.state.unread.value).toBe(2);
    editor.showPanel('chat');
    say({ type: 'chat', messages });
    expect(editor.state.unread.value).toBe(0);
    expect(editor.state.chat.value).toHaveLength(3);
  });

  it('says why there is no copy', async () => {
    open(opened());
    const copy = editor.download('pdf');
    const asked = FakeSocket.last.sent.find((message) => message.type === 'download');
    expect(asked).toMatchObject({ format: 'pdf', print: false });
    if (asked?.type === 'download') {
      say({
        type: 'download',
        id: asked.id,
        url: null,
        fileType: null,
        message: 'No.',
        hint: 'Ask.',
      });
    }
    expect(await copy).toBeNull();
    expect(editor.state.notices.value.at(-1)?.text).toMatch(/ Ask\.$/);
  });

  it('hands on a second document, and says what came of it', async () => {
    open(opened());
    const call = { c: 'compare', fileType: 'docx', url: 'http://a.test/b.docx', token: 't' };
    const texts = (): string[] => editor.state.notices.value.map(({ text }) => text);
    const answer = async (given: object, message: object): Promise<string[]> => {
      editor.state.notices.value = [];
      const done = editor.takeDocument('setRequestedDocument', given);
      const asked = FakeSocket.last.sent.at(-1);
      expect(asked).toMatchObject({ type: 'takeDocument', method: 'setRequestedDocument' });
      expect(texts()).toHaveLength(1);
      const id = asked !== undefined && 'id' in asked ? asked.id : 0;
      FakeSocket.last.say({ type: 'taken', id, changes: null, ...message });
      await done;
      return texts();
    };
    expect(await answer(call, { changes: 3 })).toMatchInlineSnapshot(`
      [
        "Changes from the other document: 3. Accept or reject them.",
      ]
    `);
    expect(await answer(call, { changes: 0 })).toMatchInlineSnapshot(`
      [
        "The text of the other document is the same.",
      ]
    `);
    expect(await answer({ ...call, c: 'insert-text' }, { changes: 0 })).toEqual([]);
    const refused = { code: 'second.kind', message: 'Only texts.', hint: 'Choose a text.' };
    expect(await answer(call, refused)).toEqual(['Only texts. Choose a text.']);
  });

  it('is for reading when it is embedded', () => {
    open(opened(), true);
    editor.input({ kind: 'text', text: 'x' });
    expect(inputs()).toEqual([]);
    expect(raised[0]).toEqual(['onInfo', { mode: 'view' }]);
  });

  it('says nothing of fields when it is embedded', () => {
    open(opened({ access: 'fill', comment: false }), true);
    say({ type: 'fields', count: 3 });
    expect(editor.state.notices.value).toEqual([]);
    expect(editor.state.fills).toBe(false);
  });

  it('is for reading once the application has ended editing', () => {
    open(opened());
    editor.deny('The document is locked.');
    editor.input({ kind: 'text', text: 'x' });
    expect(inputs()).toEqual([]);
    expect(editor.state.notices.value[0]?.text).toBe('The document is locked.');
  });

  it('o3 sends a pasted picture before what is typed while it is read', async () => {
    open(opened());
    const reading = pasteImage(editor, new Blob(['GIF89a']));
    editor.input({ kind: 'text', text: 'x' });
    expect(inputs()).toEqual([]);
    expect(editor.state.unacknowledged.value).toBe(2);
    await reading;
    expect(inputs().map(({ kind }) => kind)).toEqual(['paste', 'text']);
  });

  it('does not copy where copying is not permitted', async () => {
    open(opened({ copy: false }));
    expect(await editor.copy(false)).toBeNull();
    expect(editor.state.notices.value).toHaveLength(1);
  });

  it('does not follow an older change of sheet back', () => {
    open(opened({}, 'cell'));
    editor.goToPart(1);
    editor.goToPart(2);
    say({ type: 'part', index: 1 });
    expect(editor.state.part.value).toBe(2);
    say({ type: 'ack', seq: 2 });
    say({ type: 'part', index: 0 });
    expect(editor.state.part.value).toBe(0);
  });

  it('shows a text as one part, whatever page the caret is on', () => {
    open(opened());
    say({ type: 'part', index: 7 });
    expect(editor.state.part.value).toBe(0);
  });

  it('goes back to its sheet when the engine was replaced', () => {
    open(opened({}, 'cell'));
    editor.goToPart(2);
    say({ type: 'ack', seq: 1 });
    say(opened({ fresh: true, applied: 1 }, 'cell'));
    expect(inputs()).toEqual([
      { kind: 'part', index: 2 },
      { kind: 'part', index: 2 },
    ]);
  });

  it('closes when everything typed has arrived', () => {
    open(opened());
    raised = [];
    editor.input({ kind: 'text', text: 'x' });
    editor.requestClose();
    expect(raised).toEqual([]);
    say({ type: 'ack', seq: 1 });
    expect(raised).toEqual([['onRequestClose', undefined]]);
  });

  it('warns before it closes without a connection, and closes the second time', () => {
    open(opened());
    raised = [];
    editor.input({ kind: 'text', text: 'x' });
    FakeSocket.last.close();
    editor.requestClose();
    expect(raised).toEqual([]);
    expect(editor.state.notices.value).toHaveLength(1);
    editor.requestClose();
    expect(raised).toEqual([['onRequestClose', undefined]]);
  });

  it('offers only links that are safe to follow', () => {
    open(opened());
    say({ type: 'link', url: 'javascript:alert(1)' });
    say({ type: 'link', url: 'https://example.org/' });
    expect(editor.state.notices.value.map((notice) => notice.link?.url)).toEqual([
      'https://example.org/',
    ]);
  });

  it('forgets where others were when they are gone', () => {
    open(opened());
    const other = { id: 'p2', view: 2, userId: 'b', name: 'B', color: '#000000', access: 'edit' };
    say({ type: 'participants', list: [{ ...other, online: true }] });
    say({ type: 'peerCaret', view: 2, part: 0, rect: [1, 2, 3, 4] });
    expect(editor.state.peers.value.get(2)?.caret).toEqual([1, 2, 3, 4]);
    say({ type: 'participants', list: [] });
    expect(editor.state.peers.value.size).toBe(0);
  });
});
