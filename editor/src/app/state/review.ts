import type { CommandArgs, Rect } from '../live/protocol.js';
import { parseChanges, type Change } from './changes.js';
import { findMarked, parseComments, type Comment } from './comments.js';
import type { EditorState } from './state.js';

/** While others write, tracked changes are asked for this often at most. */
const CHANGES_MS = 1000;

/** What of the editor comments and tracked changes need. */
interface Host {
  readonly state: EditorState;
  command(name: string, args?: CommandArgs): void;
  /** The engine's answer; null if there is none. */
  query(question: string): Promise<unknown>;
  goToPart(part: number): void;
  reveal(place: Rect): void;
}

/** Comments and tracked changes of the open document. */
export class Review {
  readonly #host: Host;
  #changesTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks again for what the open panel shows. */
  refresh(): void {
    this.commentsCame();
    if (this.#host.state.panel.value === 'changes') this.#askChanges();
  }

  /** Comments are not what they were. */
  commentsCame(): void {
    if (this.#host.state.panel.value === 'comments') void this.#askComments();
  }

  close(): void {
    clearTimeout(this.#changesTimer);
  }

  /** Writes a comment; null if it did not come to be. */
  comment(text: string): Promise<Comment | null> {
    return this.#written('InsertAnnotation', { Text: text, Author: '' });
  }

  /** Answers one; null if the answer did not come to be. */
  answer(id: string, text: string): Promise<Comment | null> {
    return this.#written('ReplyComment', { Id: id, Text: text });
  }

  changeComment(id: string, text: string): void {
    void this.#commentCommand('EditAnnotation', { Id: id, Text: text });
  }

  resolveComment(id: string): void {
    void this.#commentCommand('ResolveComment', { Id: id });
  }

  deleteComment(id: string): void {
    const kind = this.#host.state.document.value?.kind ?? 'word';
    const name = { word: 'DeleteComment', cell: 'DeleteNote', slide: 'DeleteAnnotation' }[kind];
    void this.#commentCommand(name, { Id: id });
  }

  async #written(name: string, args: Record<string, string>): Promise<Comment | null> {
    const before = new Set(this.#host.state.comments.value.map((one) => one.id));
    const self = this.#host.state.document.value?.userName.replaceAll('\u00a0', ' ');
    const comments = await this.#commentCommand(name, args);
    return comments.find((one) => !before.has(one.id) && one.author === self) ?? null;
  }

  #commentCommand(name: string, args: Record<string, string>): Promise<readonly Comment[]> {
    const typed = Object.entries(args).map(([key, value]) => [key, { type: 'string', value }]);
    this.#host.command(`.uno:${name}`, Object.fromEntries(typed) as CommandArgs);
    // Changes are not always reported; what is asked after a command is answered after it.
    return this.#askComments();
  }

  async #askComments(): Promise<readonly Comment[]> {
    const values = await this.#host.query('.uno:ViewAnnotations');
    if (values !== null) this.#host.state.comments.value = parseComments(values);
    return this.#host.state.comments.value;
  }

  /** Shows what a comment is about. */
  showComment({ id, part, place }: Comment): void {
    this.#host.state.currentComment.value = id;
    if (part !== null) this.#host.goToPart(part);
    if (place !== null) this.#host.reveal(place);
  }

  /** Opens the comment of a link; false when there is none that fits. */
  async goToComment(mark: string): Promise<boolean> {
    this.#host.state.panel.value = 'comments';
    const comment = findMarked(await this.#askComments(), mark);
    if (comment !== null) this.showComment(comment);
    return comment !== null;
  }

  #askChanges(): void {
    void this.#host.query('.uno:AcceptTrackedChanges').then((values) => {
      if (values !== null) this.#host.state.changes.value = parseChanges(values);
    });
  }

  /** The engine does not say that changes came or went, but that something is to be painted. */
  changesMayHaveCome(): void {
    if (this.#host.state.panel.value !== 'changes') return;
    this.#changesTimer ??= setTimeout(() => {
      this.#changesTimer = undefined;
      if (this.#host.state.panel.value === 'changes') this.#askChanges();
    }, CHANGES_MS);
  }

  /** Accepts or rejects a tracked change, or all of them. */
  decide(change: number | null, accept: boolean): void {
    const name = `${accept ? 'Accept' : 'Reject'}${change === null ? 'AllTrackedChanges' : 'TrackedChange'}`;
    const args = change === null ? {} : { [name]: { type: 'unsigned short', value: change } };
    this.#host.command(`.uno:${name}`, args);
    this.#askChanges();
  }

  trackChanges(on: boolean): void {
    this.#host.command('.uno:TrackChanges', { TrackChanges: { type: 'boolean', value: on } });
  }

  showChange({ place }: Change): void {
    if (place !== null) this.#host.reveal(place);
  }
}
