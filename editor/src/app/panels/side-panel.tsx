import { useSignal } from '@preact/signals';
import {
  Check,
  FileDiff,
  Link,
  Locate,
  MessageSquare,
  MessagesSquare,
  PencilLine,
  Reply,
  Trash2,
} from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import { safeColor } from '../overlay/overlay.js';
import { threadsOf, type Comment, type Thread } from '../state/comments.js';
import type { Editor } from '../state/editor.js';
import type { Panel } from '../state/state.js';
import type { Icon } from '../toolbar/popover.js';
import { Changes } from './changes.js';
import { PanelFrame } from './panel-frame.js';
import { PanelTool, showsPlace } from './panel-tool.js';
import { Writing } from './writing.js';

/** The buttons that show comments, tracked changes and chat. */
export function PanelButtons({ editor, host }: { editor: Editor; host: Integration }) {
  const { state } = editor;
  const rights = state.document.value?.rights;
  if (rights === undefined || host.options.embedded) return null;
  const unread = state.unread.value;
  const button = (panel: Panel, icon: Icon, count = 0) => (
    <PanelButton
      panel={panel}
      icon={icon}
      count={count}
      pressed={state.panel.value === panel}
      onClick={() => editor.showPanel(state.panel.value === panel ? null : panel)}
    />
  );
  return (
    <>
      {host.options.comments && button('comments', MessageSquare)}
      {state.document.value?.kind === 'word' && button('changes', FileDiff)}
      {host.options.chat && rights.chat && button('chat', MessagesSquare, unread)}
    </>
  );
}

function PanelButton(props: {
  panel: Panel;
  icon: Icon;
  /** Messages that were not read. */
  count: number;
  pressed: boolean;
  onClick: () => void;
}) {
  const { panel, icon: IconOf, count } = props;
  const label = translate(panel);
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={props.pressed}
      title={label}
      aria-label={count > 0 ? translate('chatUnread', { count }) : label}
      data-testid={`${panel}-button`}
      onClick={props.onClick}
    >
      <IconOf size={18} />
      {count > 0 && (
        <span class="tool__count" data-testid="chat-unread">
          {count}
        </span>
      )}
    </button>
  );
}

/** Comments, tracked changes or chat, beside the document; over it where there is little room. */
export function SidePanel({ editor, host }: { editor: Editor; host: Integration }) {
  const panel = editor.state.panel.value;
  if (panel === null) return null;
  const close = (): void => {
    editor.showPanel(null);
    editor.focusDocument();
  };
  return (
    <PanelFrame
      name="side"
      testId={panel}
      title={translate(panel)}
      closeLabel={translate('close')}
      onClose={close}
    >
      {panel === 'chat' && <Chat editor={editor} host={host} />}
      {panel === 'comments' && <Comments editor={editor} host={host} />}
      {panel === 'changes' && <Changes editor={editor} host={host} />}
    </PanelFrame>
  );
}

function Chat({ editor, host }: { editor: Editor; host: Integration }) {
  const end = useRef<HTMLLIElement>(null);
  const messages = editor.state.chat.value;
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [messages]);
  return (
    <>
      <ol class="side__list" aria-live="polite">
        {messages.length === 0 && <li class="history__note">{translate('chatEmpty')}</li>}
        {messages.map((message, index) => (
          <li key={`${message.at} ${String(index)}`} class="message" data-testid="chat-message">
            <p class="message__head">
              <strong style={{ color: safeColor(message.color) }}>{message.name}</strong>
              <time dateTime={message.at}>{host.date(message.at)}</time>
            </p>
            <p class="message__text">{message.text}</p>
          </li>
        ))}
        <li ref={end} aria-hidden="true" />
      </ol>
      <Writing
        label={translate('chatWrite')}
        send={translate('send')}
        testId="chat-text"
        onSend={(text) => editor.chat(text)}
      />
    </>
  );
}

function Comments({ editor, host }: { editor: Editor; host: Integration }) {
  const { state } = editor;
  const threads = threadsOf(state.comments.value);
  return (
    <>
      <ol class="side__list">
        {threads.length === 0 && <li class="history__note">{translate('commentsEmpty')}</li>}
        {threads.map((thread) => (
          <ThreadItem key={thread.comment.id} thread={thread} editor={editor} host={host} />
        ))}
      </ol>
      {state.commentable && (
        <Writing
          label={translate('commentWrite')}
          send={translate('commentAdd')}
          testId="comment-text"
          mentions={host.mentions}
          hint={
            host.mentions &&
            translate(host.options.mentionShare ? 'mentionHintShare' : 'mentionHint')
          }
          onSend={(text) => void editor.review.comment(text).then((one) => host.notify(one))}
        />
      )}
    </>
  );
}

function ThreadItem(props: { thread: Thread; editor: Editor; host: Integration }) {
  const { thread, editor, host } = props;
  const { comment, answers } = thread;
  const answering = useSignal(false);
  const changing = useSignal(false);
  const word = editor.state.document.value?.kind === 'word';
  const writes = editor.state.commentable;
  const item = useRef<HTMLLIElement>(null);
  const current = editor.state.currentComment.value === comment.id;
  useEffect(() => {
    if (current) item.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const names = [
    'thread',
    ...(comment.resolved ? ['thread--resolved'] : []),
    ...(current ? ['thread--current'] : []),
  ];
  return (
    <li
      ref={item}
      class={names.join(' ')}
      aria-current={current}
      data-testid="comment"
      data-resolved={comment.resolved}
    >
      <One comment={comment} host={host} />
      {answers.map((one) => (
        <div key={one.id} class="thread__answer" data-testid="comment-answer">
          <One comment={one} host={host} />
        </div>
      ))}
      <p class="thread__tools">
        {comment.place !== null && (
          <PanelTool
            id="comment-show"
            label={translate('commentShow')}
            icon={Locate}
            onClick={() => showsPlace(editor, () => editor.review.showComment(comment))}
          />
        )}
        {host.options.links && (
          <PanelTool
            id="comment-link"
            label={translate('commentLink')}
            icon={Link}
            onClick={() => host.linkToComment(comment)}
          />
        )}
        {/* Only texts have threads: LibreOffice answers and resolves nowhere else. */}
        {writes && word && (
          <>
            <PanelTool
              id="comment-answer"
              label={translate('commentAnswer')}
              icon={Reply}
              onClick={() => (answering.value = !answering.value)}
            />
            <PanelTool
              id="comment-resolve"
              label={translate(comment.resolved ? 'commentReopen' : 'commentResolve')}
              icon={Check}
              onClick={() => editor.review.resolveComment(comment.id)}
            />
          </>
        )}
        {writes && (
          <>
            <PanelTool
              id="comment-change"
              label={translate('commentChange')}
              icon={PencilLine}
              onClick={() => (changing.value = !changing.value)}
            />
            <PanelTool
              id="comment-delete"
              label={translate('commentDelete')}
              icon={Trash2}
              onClick={() => {
                editor.review.deleteComment(comment.id);
                // This button is about to go, and the focus with it.
                document.getElementById('side-title')?.focus();
              }}
            />
          </>
        )}
      </p>
      {changing.value && (
        <Writing
          label={translate('commentChange')}
          send={translate('commentChange')}
          testId="change-text"
          text={comment.text}
          focus
          onSend={(text) => {
            changing.value = false;
            editor.review.changeComment(comment.id, text);
          }}
        />
      )}
      {answering.value && (
        <Writing
          label={translate('commentAnswer')}
          send={translate('commentAnswer')}
          testId="answer-text"
          focus
          mentions={host.mentions}
          onSend={(text) => {
            answering.value = false;
            void editor.review.answer(comment.id, text).then((one) => host.notify(one));
          }}
        />
      )}
    </li>
  );
}

function One({ comment, host }: { comment: Comment; host: Integration }) {
  return (
    <>
      <p class="message__head">
        <strong>{comment.author || translate('anonymous')}</strong>
        <time>{host.date(comment.at.replace(/[.,]\d+$/, ''))}</time>
      </p>
      <p class="message__text">{comment.text}</p>
    </>
  );
}
