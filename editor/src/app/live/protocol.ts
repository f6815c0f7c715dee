/** The messages of docs/development/live-protocol.md. Coordinates are twips; rectangles `[x, y, width, height]`. */

import type { Losses } from '../../shared/losses.js';
import type { MissingFont } from '../state/fonts.js';
import type { PictureMime } from '../../shared/picture.js';

export type { Loss, Losses, LossPlace } from '../../shared/losses.js';

export type Rect = readonly [x: number, y: number, width: number, height: number];

export type DocumentKind = 'word' | 'cell' | 'slide';
export type Access = 'view' | 'comment' | 'fill' | 'review' | 'edit';
export type SaveState = 'unsaved' | 'saving' | 'saved' | 'failed';

export interface Part {
  name: string;
  hidden: boolean;
}

export interface Participant {
  id: string;
  view: number;
  userId: string;
  name: string;
  color: string;
  access: Access;
  online: boolean;
}

export interface SaveStatus {
  state: SaveState;
  at: string | null;
  message: string | null;
  hint: string | null;
}

/** What this participant may do; the server asks it again for each message. */
export interface Rights {
  access: Access;
  comment: boolean;
  copy: boolean;
  download: boolean;
  print: boolean;
  chat: boolean;
}

export interface ChatMessage {
  userId: string;
  name: string;
  color: string;
  at: string;
  text: string;
}

/** Why something was not done; absent when it was. */
export interface Told {
  code?: string;
  message?: string;
  hint?: string;
}

export interface Opened extends Rights {
  type: 'opened';
  participant: string;
  view: number;
  session: string;
  document: {
    key: string;
    title: string;
    fileType: string;
    kind: DocumentKind;
    parts: Part[];
    width: number;
    height: number;
    /** Fonts that it names and the server does not have, with what is shown instead. */
    missingFonts?: MissingFont[];
    /** Of a version that is marked against the one before: how many changes there are. */
    changes?: number;
  };
  /** What a copy of the document may be had as. */
  formats: string[];
  chatMessages: ChatMessage[];
  user: { id: string; name: string };
  lang: string;
  participants: Participant[];
  applied: number;
  /** The view is new: its caret is where a document begins, whatever the former view's was. */
  fresh: boolean;
  save: SaveStatus;
  /** What a save would lose, if anything. */
  losses?: Losses;
  heartbeat: number;
}

/** The document opens with a password. */
export interface PasswordQuestion {
  /** The one that was given does not open it. */
  wrong: boolean;
  /** Seconds until the next try, after too many. */
  wait?: number;
}

export interface Refused {
  type: 'refused';
  code: string;
  message: string;
  hint: string;
  path: string | null;
  expected: string | null;
  found: string | null;
  docs: string | null;
  editorError: number;
  /** The server keeps the details to itself: show a sentence for everybody. */
  general: boolean;
  /** Id of the connection's request, by which the server's log is searched. */
  request?: string;
}

/** Something that is offered in the place of a document that does not open, or not any more. */
export interface Way {
  kind: 'pdf' | 'file';
  /** As the application gave it, or as it was stored last. */
  of: 'original' | 'stored';
  url: string;
  fileType: string;
}

export interface Failed {
  type: 'failed';
  code: string;
  message: string;
  hint: string;
  editorError: number;
  fatal: boolean;
  general: boolean;
  request?: string;
  /** What there is to have in the document's place. */
  ways?: Way[];
}

export interface Cell {
  rect: Rect;
  column: number;
  row: number;
}

/** What may be filled in at the caret. */
export type Field =
  { kind: 'text'; text: string } | { kind: 'list'; items: string[] } | { kind: 'day' };

/** Events of this participant's engine view; a `view` in them is another participant's view. */
export type ViewEvent =
  | { type: 'caret'; rect: Rect }
  | { type: 'caretVisible'; visible: boolean }
  | { type: 'selection'; rects: Rect[] }
  | { type: 'peerCaret'; view: number; part: number; rect: Rect }
  | { type: 'peerCaretVisible'; view: number; visible: boolean }
  | { type: 'peerSelection'; view: number; part: number; rects: Rect[] }
  | { type: 'peerCell'; view: number; part: number; cell: Cell | null }
  | { type: 'peerGraphic'; view: number; part: number; rect: Rect | null }
  | { type: 'graphic'; rect: Rect | null; angle: number; details: unknown }
  | { type: 'cell'; cell: Cell | null }
  | { type: 'cellArea'; rect: Rect | null }
  | { type: 'cellFormula'; text: string }
  | { type: 'cellAddress'; text: string }
  | { type: 'state'; name: string; value: string }
  | { type: 'pointer'; style: string }
  | { type: 'link'; url: string }
  | { type: 'part'; index: number }
  | { type: 'headers' }
  | { type: 'comments' }
  | { type: 'field'; field: Field | null }
  | { type: 'fields'; count: number }
  | { type: 'commandResult'; name: string; success: boolean; conflict: boolean }
  | { type: 'dialog'; title: string };

export type ServerMessage =
  | { type: 'progress'; stage: 'downloading' | 'opening' | 'recovering' | 'delivering' }
  | ({ type: 'password' } & PasswordQuestion)
  | Opened
  | Refused
  | Failed
  | { type: 'notice'; code: string; message: string; hint: string }
  | { type: 'ack'; seq: number }
  | { type: 'denied'; seq: number; code: string; message: string; hint: string }
  | { type: 'participants'; list: Participant[] }
  | { type: 'invalidate'; part: number; rect: Rect | null; version: number }
  | { type: 'size'; width: number; height: number; parts: Part[] }
  | { type: 'title'; title: string }
  | ({ type: 'save' } & SaveStatus)
  | { type: 'clipboard'; id: number; text: string | null; html: string | null }
  | { type: 'values'; id: number; command: string; values: unknown }
  | ({ type: 'download'; id: number; url: string | null; fileType: string | null } & Told)
  | ({ type: 'inserted'; id: number } & Told)
  | ({ type: 'taken'; id: number; changes: number | null } & Told)
  | ({ type: 'rights' } & Rights)
  | { type: 'chat'; messages: ChatMessage[] }
  | { type: 'session'; token: string }
  | { type: 'pong' }
  | ViewEvent;

export type CommandArgs = Record<string, { type: string; value: string | number | boolean }>;

export type Input =
  | { kind: 'key'; char: number; code: number }
  | { kind: 'text'; text: string }
  | { kind: 'compose'; text: string }
  | { kind: 'erase'; before: number; after: number }
  | {
      kind: 'mouse';
      action: 'down' | 'up' | 'move';
      x: number;
      y: number;
      count: number;
      buttons: number;
      modifiers: number;
    }
  | { kind: 'select'; handle: 'start' | 'end' | 'reset'; x: number; y: number }
  | { kind: 'graphic'; action: 'start' | 'end'; x: number; y: number }
  | { kind: 'command'; name: string; args: CommandArgs }
  | { kind: 'paste'; mime: PasteMime; data: string }
  | { kind: 'part'; index: number }
  | { kind: 'fill'; text: string }
  | { kind: 'pick'; item: number }
  | { kind: 'day'; date: string }
  /** Deletes the selection; the answer with this id has it. */
  | { kind: 'cut'; id: number }
  | ({ kind: 'area' } & View)
  | { kind: 'cell'; address: string; text: string };

export type PasteMime = 'text/plain;charset=utf-8' | 'text/html' | PictureMime;

/** A zoom (side of a tile in twips and in device pixels) and the visible area. */
export interface View {
  tileTwips: number;
  tilePixels: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface TileList {
  part: number;
  tileTwips: number;
  tilePixels: number;
  tiles: [column: number, row: number][];
}

export type ClientMessage =
  | {
      type: 'open';
      config: unknown;
      session: string | null;
      resume: { participant: string; sent: number } | null;
      /** The argument of `setHistoryData`: a version to look at; `session` is then that of the document. */
      version?: unknown;
      /** Whether the version is marked against the one before. */
      marks?: boolean;
    }
  | { type: 'input'; seq: number; input: Input }
  | ({ type: 'viewport'; part: number } & View)
  | ({ type: 'tiles' } & TileList)
  | { type: 'copy'; id: number }
  | { type: 'query'; id: number; command: string }
  | { type: 'download'; id: number; format: string | null; print: boolean }
  | { type: 'insertImage'; id: number; call: unknown }
  | { type: 'takeDocument'; id: number; method: string; call: unknown }
  | { type: 'chat'; text: string }
  | { type: 'password'; password: string }
  | { type: 'giveUpEditing' }
  | { type: 'save' }
  | { type: 'ping' }
  | { type: 'leave' };
