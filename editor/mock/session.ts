import type { WebSocket } from 'ws';
import type {
  ClientMessage,
  DocumentKind,
  Input,
  Participant,
  Rect,
  ServerMessage,
} from '../src/app/live/protocol.js';
import { COLUMN, MockDocument, ROW } from './document.js';

const COLORS = ['#1b6b5c', '#b4531f', '#3b5bb5', '#8a3a86', '#7a6a12'];
const SAVE_AFTER_MS = 1500;
const REMEMBER_MS = 60_000;

interface Member {
  participant: Participant;
  socket: WebSocket | null;
  applied: number;
  line: number;
  column: number;
  anchor: { line: number; column: number } | null;
  cell: { column: number; row: number };
  part: number;
  typed: string | null;
  bold: boolean;
}

/** One open document and those in it. */
export class MockSession {
  readonly document: MockDocument;
  readonly #members = new Map<string, Member>();
  readonly #title: string;
  readonly #key: string;
  #nextView = 1;
  #saving: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, kind: DocumentKind, title: string) {
    this.#key = key;
    this.#title = title;
    this.document = new MockDocument(kind);
  }

  join(
    socket: WebSocket,
    open: ClientMessage & { type: 'open' },
    name: string,
    access: 'edit' | 'view',
  ): void {
    const former = open.resume === null ? undefined : this.#members.get(open.resume.participant);
    const view = this.#nextView++;
    const member: Member = former ?? {
      participant: {
        id: `p${view}`,
        view,
        userId: name,
        name,
        color: COLORS[view % COLORS.length] ?? '#57534e',
        access,
        online: true,
      },
      socket,
      applied: 0,
      line: 0,
      column: 0,
      anchor: null,
      cell: { column: 0, row: 0 },
      part: 0,
      typed: null,
      bold: false,
    };
    member.socket = socket;
    member.participant.online = true;
    this.#members.set(member.participant.id, member);
    const { kind, parts, size } = this.document;
    this.#send(member, {
      type: 'opened',
      participant: member.participant.id,
      view: member.participant.view,
      session: `session-${member.participant.id}`,
      document: { key: this.#key, title: this.#title, fileType: 'docx', kind, parts, ...size },
      access,
      comment: access !== 'view',
      copy: true,
      download: true,
      print: true,
      chat: true,
      formats: ['docx', 'pdf'],
      chatMessages: [],
      user: { id: name, name },
      lang: 'en',
      participants: this.#list(),
      applied: member.applied,
      fresh: former === undefined,
      save: { state: 'saved', at: null, message: null, hint: null },
      heartbeat: 15,
    });
    this.#everybody({ type: 'participants', list: this.#list() });
    this.#report(member);
    for (const other of this.#members.values()) {
      if (other !== member) this.#reportTo(member, other);
    }
    socket.on('message', (data) => {
      this.#receive(member, JSON.parse((data as Buffer).toString('utf8')) as ClientMessage);
    });
    socket.on('close', () => {
      if (member.socket !== socket) return;
      member.socket = null;
      member.participant.online = false;
      this.#everybody({ type: 'participants', list: this.#list() });
      setTimeout(() => {
        if (member.socket === null) this.#members.delete(member.participant.id);
      }, REMEMBER_MS).unref();
    });
  }

  #list(): Participant[] {
    return [...this.#members.values()].map((member) => member.participant);
  }

  #send(member: Member, message: ServerMessage): void {
    member.socket?.send(JSON.stringify(message));
  }

  #everybody(message: ServerMessage): void {
    for (const member of this.#members.values()) this.#send(member, message);
  }

  #receive(member: Member, message: ClientMessage): void {
    switch (message.type) {
      case 'input':
        this.#apply(member, message.input);
        member.applied = message.seq;
        this.#send(member, { type: 'ack', seq: message.seq });
        return;
      case 'tiles':
        for (const [column, row] of message.tiles) this.#tile(member, message, column, row);
        return;
      case 'ping':
        this.#send(member, { type: 'pong' });
        return;
      case 'copy': {
        const text = this.document.lines[member.line] ?? '';
        this.#send(member, { type: 'clipboard', id: message.id, text, html: null });
        return;
      }
      case 'query':
        this.#send(member, {
          type: 'values',
          id: message.id,
          command: message.command,
          values: valuesOf(message.command),
        });
        return;
      case 'save':
        this.#saved();
        return;
      case 'leave':
        this.#members.delete(member.participant.id);
        this.#everybody({ type: 'participants', list: this.#list() });
        return;
      case 'open':
      case 'viewport':
        return;
    }
  }

  #tile(
    member: Member,
    ask: { part: number; tilePixels: number; tileTwips: number },
    column: number,
    row: number,
  ): void {
    const header = Buffer.alloc(24);
    header.writeUInt8(1, 0);
    header.writeUInt16LE(ask.tilePixels, 2);
    header.writeUInt32LE(ask.tileTwips, 4);
    header.writeInt32LE(ask.part, 8);
    header.writeUInt32LE(column, 12);
    header.writeUInt32LE(row, 16);
    header.writeUInt32LE(this.document.version, 20);
    const png = this.document.paint(ask.part, ask.tilePixels, ask.tileTwips, column, row);
    member.socket?.send(Buffer.concat([header, png]));
  }

  #apply(member: Member, input: Input): void {
    switch (input.kind) {
      case 'key':
        this.#press(member, input.char, input.code);
        return;
      case 'text':
        for (const char of input.text) this.#type(member, char);
        return;
      case 'mouse':
        this.#mouse(member, input);
        return;
      case 'part':
        member.part = input.index;
        this.#report(member);
        return;
      case 'cell': {
        const match = /^\$?([A-Z])\$?(\d+)$/.exec(input.address);
        if (match === null) return;
        const column = (match[1] ?? 'A').charCodeAt(0) - 65;
        this.document.cells.set(`${column}/${Number(match[2]) - 1}`, input.text);
        this.#changed(null);
        return;
      }
      case 'command':
        if (input.name === '.uno:Bold') member.bold = !member.bold;
        this.#send(member, { type: 'state', name: 'Bold', value: String(member.bold) });
        return;
      case 'paste':
        if (input.mime.startsWith('text/plain')) {
          for (const char of Buffer.from(input.data, 'base64').toString('utf8')) {
            this.#type(member, char);
          }
        }
        return;
      default:
        return;
    }
  }

  #mouse(member: Member, input: Input & { kind: 'mouse' }): void {
    if (this.document.kind === 'cell') {
      if (input.action !== 'down') return;
      member.cell = { column: Math.floor(input.x / COLUMN), row: Math.floor(input.y / ROW) };
    } else {
      const place = this.document.placeAt(input.x, input.y);
      if (input.action === 'down') member.anchor = place;
      Object.assign(member, place);
    }
    this.#report(member);
  }

  #press(member: Member, char: number, code: number): void {
    const { lines } = this.document;
    const key = code & 0xfff;
    if (this.document.kind === 'cell') {
      this.#sheetKey(member, char, key);
      return;
    }
    const line = [...(lines[member.line] ?? '')];
    member.anchor = null;
    if (key === 1026) member.column = Math.max(0, member.column - 1);
    else if (key === 1027) member.column = Math.min(line.length, member.column + 1);
    else if (key === 1025) member.line = Math.max(0, member.line - 1);
    else if (key === 1024) member.line = Math.min(lines.length - 1, member.line + 1);
    else if (key === 1028) member.column = 0;
    else if (key === 1029) member.column = line.length;
    else if (key === 1283 && member.column > 0) {
      line.splice(member.column - 1, 1);
      lines[member.line] = line.join('');
      member.column -= 1;
      this.#changed(null);
    } else if (char >= 32 || char === 13) {
      this.#type(member, String.fromCodePoint(char));
      return;
    }
    this.#report(member);
  }

  #sheetKey(member: Member, char: number, key: number): void {
    const at = `${member.cell.column}/${member.cell.row}`;
    if (key === 1280) {
      if (member.typed !== null) this.document.cells.set(at, member.typed);
      member.typed = null;
      member.cell.row += 1;
      this.#changed(null);
    } else if (key === 1024) member.cell.row += 1;
    else if (key === 1025) member.cell.row = Math.max(0, member.cell.row - 1);
    else if (key === 1026) member.cell.column = Math.max(0, member.cell.column - 1);
    else if (key === 1027) member.cell.column += 1;
    else if (char >= 32) member.typed = (member.typed ?? '') + String.fromCodePoint(char);
    this.#report(member);
  }

  #type(member: Member, char: string): void {
    const { lines } = this.document;
    const line = [...(lines[member.line] ?? '')];
    if (char === '\r' || char === '\n') {
      lines.splice(member.line + 1, 0, line.splice(member.column).join(''));
      lines[member.line] = line.join('');
      member.line += 1;
      member.column = 0;
    } else {
      line.splice(member.column, 0, char);
      lines[member.line] = line.join('');
      member.column += 1;
    }
    this.#changed(null);
    this.#report(member);
  }

  #changed(rect: Rect | null): void {
    const { document } = this;
    document.version += 1;
    this.#everybody({ type: 'invalidate', part: -1, rect, version: document.version });
    this.#everybody({ type: 'save', state: 'unsaved', at: null, message: null, hint: null });
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.#saved(), SAVE_AFTER_MS);
  }

  #saved(): void {
    const at = new Date().toISOString();
    this.#everybody({ type: 'save', state: 'saved', at, message: null, hint: null });
  }

  #cellRect(member: Member): Rect {
    return [member.cell.column * COLUMN, member.cell.row * ROW, COLUMN, ROW];
  }

  /** Tells a member where it is, and the others as well. */
  #report(member: Member): void {
    for (const other of this.#members.values()) {
      if (other !== member) this.#reportTo(other, member);
    }
    if (this.document.kind === 'cell') {
      const { column, row } = member.cell;
      const address = `$${String.fromCharCode(65 + column)}$${row + 1}`;
      const text = member.typed ?? this.document.cells.get(`${column}/${row}`) ?? '';
      this.#send(member, { type: 'cell', cell: { rect: this.#cellRect(member), column, row } });
      this.#send(member, { type: 'cellAddress', text: address });
      this.#send(member, { type: 'cellFormula', text });
      return;
    }
    this.#send(member, {
      type: 'caret',
      rect: this.document.caretRect(member.line, member.column),
    });
    this.#send(member, { type: 'selection', rects: this.#selection(member) });
    const words = this.document.lines.join(' ').split(/\s+/).filter(Boolean).length;
    const states = {
      StatePageNumber: 'Page 1 of 2',
      StateWordCount: `${words} words, ${this.document.lines.join('').length} characters`,
      StyleApply: member.line === 0 ? 'Heading 1' : 'Default Paragraph Style',
      CharFontName: 'Liberation Serif',
      FontHeight: '12',
      LeftPara: 'true',
      Redo: 'disabled',
      FontColor: '2563435',
    };
    for (const [name, value] of Object.entries(states)) {
      this.#send(member, { type: 'state', name, value });
    }
  }

  #selection(member: Member): Rect[] {
    const { anchor } = member;
    if (anchor?.line !== member.line || anchor.column === member.column) return [];
    const from = this.document.caretRect(member.line, Math.min(anchor.column, member.column));
    const to = this.document.caretRect(member.line, Math.max(anchor.column, member.column));
    return [[from[0], from[1], to[0] - from[0], from[3]]];
  }

  #reportTo(other: Member, member: Member): void {
    const { view } = member.participant;
    if (this.document.kind === 'cell') {
      const { column, row } = member.cell;
      const cell = { rect: this.#cellRect(member), column, row };
      this.#send(other, { type: 'peerCell', view, part: member.part, cell });
      return;
    }
    const rect = this.document.caretRect(member.line, member.column);
    this.#send(other, { type: 'peerCaret', view, part: member.part, rect });
    const rects = this.#selection(member);
    this.#send(other, { type: 'peerSelection', view, part: member.part, rects });
  }
}

function valuesOf(command: string): unknown {
  if (command === '.uno:StyleApply') {
    return {
      commandName: command,
      commandValues: {
        ParagraphStyles: ['Default Paragraph Style', 'Heading 1', 'Heading 2', 'Quotations'],
      },
    };
  }
  if (command === '.uno:CharFontName') {
    return {
      commandName: command,
      commandValues: { Carlito: ['12'], 'Liberation Sans': ['12'], 'Liberation Serif': ['12'] },
    };
  }
  if (command.startsWith('.uno:SheetGeometryData')) {
    return {
      commandName: command,
      columns: { sizes: `${COLUMN}:1023 `, hidden: '0:1023 ' },
      rows: { sizes: `${ROW}:1048575 `, hidden: '0:1048575 ' },
    };
  }
  return null;
}
