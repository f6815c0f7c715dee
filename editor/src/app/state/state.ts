import { signal, type Signal } from '@preact/signals';
import type {
  Cell,
  ChatMessage,
  DocumentKind,
  Field,
  Failed,
  Part,
  Participant,
  PasswordQuestion,
  Rect,
  Refused,
  Rights,
  SaveStatus,
} from '../live/protocol.js';
import { TWIPS_AT_100 } from '../tiles/geometry.js';
import type { Change } from './changes.js';
import type { Comment } from './comments.js';
import type { SheetGeometry } from './sheet-geometry.js';

export type Phase =
  'connecting' | 'opening' | 'ready' | 'reconnecting' | 'refused' | 'failed' | 'closed';

export interface OpenDocument {
  title: string;
  fileType: string;
  kind: DocumentKind;
  rights: Rights;
  /** What a copy of it may be had as. */
  formats: readonly string[];
  /** Of a version that is marked against the one before: how many changes there are. */
  changes: number | null;
  self: string;
  userName: string;
}

/** What another participant's view shows. */
export interface Peer {
  view: number;
  part: number;
  caret: Rect | null;
  caretVisible: boolean;
  selection: readonly Rect[];
  cell: Cell | null;
  graphic: Rect | null;
  /** When it last moved (ms since the epoch): its name is shown for a while after that. */
  movedAt: number;
}

export interface Notice {
  id: number;
  tone: 'info' | 'warning';
  text: string;
  link?: { url: string; label: string };
}

/** What can stand beside the document. */
export type Panel = 'comments' | 'changes' | 'chat';

/** Everything that the interface shows. One writer: `Editor`. */
export class EditorState {
  readonly phase = signal<Phase>('connecting');
  /** Gave up returning: waits for the user. */
  readonly lost = signal(false);
  readonly stage = signal<'downloading' | 'opening' | 'recovering' | 'delivering' | null>(null);
  readonly problem = signal<Refused | Failed | null>(null);
  /** Editing has ended without closing the document. */
  readonly stopped = signal<Failed | null>(null);
  /** The application has taken the right to edit away. */
  readonly denied = signal(false);

  /** The document waits for its password; `null` when it does not. */
  readonly locked = signal<PasswordQuestion | null>(null);

  /** The user has chosen to read only. */
  readonly reading = signal(false);

  readonly document = signal<OpenDocument | null>(null);
  readonly size = signal({ width: 0, height: 0 });
  readonly parts = signal<readonly Part[]>([]);
  readonly part = signal(0);
  readonly participants = signal<readonly Participant[]>([]);
  readonly save = signal<SaveStatus>({ state: 'saved', at: null, message: null, hint: null });
  readonly unacknowledged = signal(0);

  readonly tileTwips = signal(TWIPS_AT_100);
  readonly fitWidth = signal(false);
  /** The zoom that the application wants a document to open with. */
  startZoom: number | 'width' | null = null;

  readonly caret = signal<Rect | null>(null);
  readonly caretVisible = signal(true);
  readonly selection = signal<readonly Rect[]>([]);
  readonly graphic = signal<Rect | null>(null);
  readonly cell = signal<Cell | null>(null);
  readonly cellArea = signal<Rect | null>(null);
  readonly cellAddress = signal('');
  readonly cellFormula = signal('');
  readonly sheet = signal<SheetGeometry | null>(null);
  /** What may be filled in at the caret. */
  readonly field = signal<Field | null>(null);
  readonly peers = signal<ReadonlyMap<number, Peer>>(new Map());
  readonly focused = signal(false);
  /** The last thing that pointed was a finger. */
  readonly touch = signal(false);

  readonly styles = signal<readonly string[]>([]);
  readonly fonts = signal<readonly string[]>([]);
  readonly notices = signal<readonly Notice[]>([]);
  readonly comments = signal<readonly Comment[]>([]);
  /** The id of the comment whose place is shown. */
  readonly currentComment = signal<string | null>(null);
  readonly chat = signal<readonly ChatMessage[]>([]);
  /** Messages that came while the chat was not shown. */
  readonly unread = signal(0);
  readonly changes = signal<readonly Change[]>([]);
  readonly panel = signal<Panel | null>(null);

  readonly #states = new Map<string, Signal<string>>();

  /** Value of an engine state such as `Bold`; empty until the engine has reported one. */
  stateOf(name: string): Signal<string> {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = signal('');
      this.#states.set(name, state);
    }
    return state;
  }

  /** Whether the text may be changed, if only by proposals. */
  get editable(): boolean {
    const access = this.document.value?.rights.access;
    return this.#active && (access === 'edit' || access === 'review');
  }

  /** Whether fields may be filled in, and nothing else of the text be changed. */
  get fills(): boolean {
    return this.#active && this.document.value?.rights.access === 'fill';
  }

  /** Whether fields may be filled in. */
  get fillable(): boolean {
    return this.fills || (this.editable && this.document.value?.rights.access === 'edit');
  }

  /** Whether comments may be written. */
  get commentable(): boolean {
    return this.#active && this.document.value?.rights.comment === true;
  }

  get #active(): boolean {
    return this.stopped.value === null && !this.denied.value && !this.reading.value;
  }
}
