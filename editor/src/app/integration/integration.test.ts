// @vitest-environment happy-dom
import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Editor, Raise } from '../state/editor.js';
import { History } from './history.js';
import { Integration, nameOf, Pictures } from './integration.js';
import { markOf } from '../state/comments.js';
import { withOutdated } from './outdated.js';
import { embedCode } from './menu.js';

const ALL = [
  'onRequestHistory',
  'onRequestHistoryData',
  'onRequestRename',
  'onRequestRestore',
  'onRequestUsers',
];

let raised: [string, unknown][];
let participants = signal<{ userId: string }[]>([]);
let phase = signal('connecting');

const integration = (
  config: object = {},
  listeners = ALL,
  parts: Partial<Editor> = {},
): Integration => {
  const editor = {
    session: null,
    state: { participants, phase, document: signal({ title: 'Plan.docx' }) },
    ...parts,
  } as unknown as Editor;
  return new Integration(
    editor,
    config,
    listeners,
    (name, data) => raised.push([name, data]),
    new Pictures(),
    'http://app.test/files/',
  );
};

beforeEach(() => {
  raised = [];
  participants = signal([]);
  phase = signal('connecting');
});

describe('history', () => {
  const list = {
    currentVersion: 2,
    history: [
      { version: 1, created: '2010-07-06 10:13 AM', key: 'a', user: { id: '1', name: 'Kate' } },
      {
        version: '2',
        created: 'yesterday',
        key: 'b',
        changes: '[{"created":"2010-07-07 15:46:00","user":{"name":"John"}}]',
      },
      { created: 'without a number' },
    ],
  };

  it('asks for the list, shows it, and asks for the version that is picked', () => {
    const { history } = integration();
    history.show();
    expect(history.versions.value).toBeNull();
    history.refresh(list as never);
    expect(history.versions.value).toEqual([
      {
        version: 2,
        created: 'yesterday',
        user: '',
        changes: [{ created: '2010-07-07 15:46:00', user: 'John' }],
      },
      { version: 1, created: '2010-07-06 10:13 AM', user: 'Kate', changes: [] },
    ]);
    expect(history.current.value).toBe(2);
    history.pick(1);
    history.tell({ version: 1, url: 'http://app.test/1', fileType: 'docx', key: 'a' });
    history.restore();
    history.close();
    expect(raised).toEqual([
      ['onRequestHistory', undefined],
      ['onRequestHistoryData', 1],
      // No address: an application that is given one fetches it instead of its own copy.
      ['onRequestRestore', { version: 1, fileType: 'docx' }],
      ['onRequestHistoryClose', undefined],
    ]);
  });

  it('does not take a late answer for another version', () => {
    const { history } = integration();
    history.refresh(list as never);
    history.pick(1);
    history.pick(2);
    history.tell({ version: 1, url: 'http://app.test/1', key: 'a' });
    expect(history.picked.value).toEqual({ version: 2, data: null, error: null });
    history.tell({ version: 2, error: 'It is lost.' });
    expect(history.picked.value?.error).toBe('It is lost.');
  });

  it('shows one version at a time, and the document again when it is left', () => {
    const left: unknown[] = [];
    const looked: unknown[] = [];
    const history = new History(
      () => undefined,
      (argument) => {
        looked.push(argument);
        return { leave: () => left.push(argument) } as unknown as Editor;
      },
    );
    history.refresh(list as never);
    const first = { version: 1, url: 'http://app.test/1', key: 'a', token: 't1' };
    const second = { version: 2, url: 'http://app.test/2', key: 'b', token: 't2' };
    history.pick(1);
    history.tell(first);
    expect(history.shown.value).not.toBeNull();
    history.pick(2);
    expect(history.shown.value).toBeNull();
    history.tell(second);
    history.close();
    expect(looked).toEqual([first, second]);
    expect(left).toEqual([first, second]);
    expect(history.shown.value).toBeNull();
  });

  it('marks what changed where the version before is given, until the reader does not want it', () => {
    const looked: unknown[] = [];
    const history = new History(
      () => undefined,
      (argument, marks) => {
        looked.push([(argument as { version: number }).version, marks]);
        return { leave: () => looked.push('left') } as unknown as Editor;
      },
    );
    history.refresh(list as never);
    const previous = { key: 'a', url: 'http://app.test/1' };
    history.pick(2);
    history.tell({ version: 2, url: 'http://app.test/2', key: 'b', previous });
    expect(history.comparable.value).toBe(true);
    history.mark(false);
    history.pick(1);
    history.mark(false);
    history.tell({ version: 1, url: 'http://app.test/1', key: 'a' });
    expect(history.comparable.value).toBe(false);
    expect(looked).toEqual([[2, true], 'left', [2, false], 'left', [1, false]]);
  });

  it('shows why there is no list', () => {
    const { history } = integration();
    history.show();
    history.refresh({ error: 'Not for guests.' });
    expect(history.error.value).toBe('Not for guests.');
  });

  it('survives answers of any shape', () => {
    const { history } = integration();
    for (const answer of [undefined, null, 1, 'x', [], { history: [1, null, { version: {} }] }]) {
      history.refresh(answer as never);
      expect(history.versions.value).toEqual([]);
      history.tell(answer as never);
    }
  });
});

describe('meta', () => {
  it('leaves the star to the application', () => {
    const host = integration({ document: { info: { favorite: false } } });
    host.toggleFavorite();
    expect(host.favorite.value).toBe(false);
    expect(raised).toEqual([['onMetaChange', { favorite: true }]]);
    host.take({ recto: 'call', name: 'setFavorite', argument: true });
    expect(host.favorite.value).toBe(true);
  });

  it('asks for another name without the extension', () => {
    const host = integration();
    for (const name of [' Budget ', 'Plan', '']) host.rename(name);
    expect(raised).toEqual([['onRequestRename', 'Budget']]);
    expect([nameOf('a.b.docx'), nameOf('none')]).toEqual(['a.b', 'none']);
  });
});

describe('a second document', () => {
  it('is asked for by the event that is declared, the newer one first', () => {
    integration({}, ['onRequestSelectDocument', 'onRequestCompareFile']).requestDocument('combine');
    integration({}, ['onRequestCompareFile']).requestDocument('compare');
    integration({}, []).requestDocument('compare');
    expect(raised).toEqual([
      ['onRequestSelectDocument', { c: 'combine' }],
      ['onRequestCompareFile', undefined],
    ]);
  });
});

describe('people', () => {
  it('are asked for once, and get their pictures', () => {
    const host = integration({
      editorConfig: { user: { id: 'me', image: 'data:image/png;base64,AA' } },
    });
    const stop = host.watchPeople();
    participants.value = [{ userId: 'me' }, { userId: 'ada' }, { userId: '' }];
    participants.value = [{ userId: 'ada' }, { userId: 'bo' }];
    stop();
    expect(raised).toEqual([
      ['onRequestUsers', { c: 'info', id: ['me', 'ada'] }],
      ['onRequestUsers', { c: 'info', id: ['bo'] }],
    ]);
    const users = [{ id: 'ada', image: 'data:image/png;base64,BB' }, { id: 'bo' }, null];
    host.take({ recto: 'call', name: 'setUsers', argument: { c: 'info', users } as never });
    expect(['me', 'ada', 'bo'].map((id) => host.face(id))).toEqual([
      'data:image/png;base64,AA',
      'data:image/png;base64,BB',
      null,
    ]);
  });
});

describe('mentions', () => {
  const comment = {
    id: '1',
    parent: '',
    author: 'Me',
    text: 'See @Ann',
    at: '2026-11-24T10:00:00',
    resolved: false,
    place: null,
    part: null,
  };
  const data = markOf(comment);
  const setUsers = (argument: object) => ({ recto: 'call', name: 'setUsers', argument }) as never;

  it('are told to the application, with what finds the comment', () => {
    const host = integration({}, ['onRequestSendNotify']);
    // Before anybody is known, and when the comment was refused.
    host.notify(comment);
    host.take(setUsers({ users: [{ name: 'Ann', email: 'ann@x.test' }] }));
    host.notify(null);
    host.notify({ ...comment, text: 'See Ann' });
    expect(raised).toEqual([]);
    host.notify(comment);
    expect(raised).toEqual([
      [
        'onRequestSendNotify',
        {
          message: 'See @Ann',
          emails: ['ann@x.test'],
          actionLink: { action: { type: 'comment', data } },
        },
      ],
    ]);
  });

  it('are not offered where the application tells nobody', () => {
    const host = integration();
    host.take(setUsers({ c: 'mention', users: [{ name: 'Ann', email: 'ann@x.test' }] }));
    expect(host.mentions).toBeNull();
  });

  it('link to a comment for the application to make an address of', () => {
    const host = integration({}, ['onMakeActionLink']);
    host.linkToComment(comment);
    const action = { type: 'comment', data };
    expect(raised).toEqual([['onMakeActionLink', { action, actionLink: { action } }]]);
    host.take({ recto: 'call', name: 'setActionLink', argument: 'http://app.test/#1' });
    expect([host.dialog.value, host.link.value]).toEqual(['link', 'http://app.test/#1']);
  });
});

describe('the place of a link', () => {
  it('is gone to once, when the document is open', () => {
    const goToBookmark = vi.fn();
    const config = { editorConfig: { actionLink: { action: { type: 'bookmark', data: 'b' } } } };
    const stop = integration(config, ALL, { goToBookmark }).watchStart();
    expect(goToBookmark).not.toHaveBeenCalled();
    phase.value = 'ready';
    phase.value = 'reconnecting';
    phase.value = 'ready';
    stop();
    expect(goToBookmark.mock.calls).toEqual([['b']]);
  });

  it('is said to be gone with its comment', async () => {
    const goToComment = vi.fn().mockResolvedValue(false);
    const notify = vi.fn();
    // As the published types have it.
    const actionLink = { actionLink: { action: { type: 'comment', data: 'c' } } };
    const config = { editorConfig: { actionLink } };
    phase.value = 'ready';
    integration(config, ALL, { review: { goToComment } as never, notify }).watchStart()();
    await vi.waitFor(() => expect(notify.mock.calls).toEqual([['warning', 'noticeNoComment']]));
  });

  it('of any other shape is none', () => {
    const goToBookmark = vi.fn();
    phase.value = 'ready';
    for (const actionLink of [7, null, {}, { action: { type: 'x', data: 'b' } }, { action: 'b' }]) {
      integration({ editorConfig: { actionLink } }, ALL, { goToBookmark }).watchStart()();
    }
    expect(goToBookmark).not.toHaveBeenCalled();
  });
});

describe('tracked changes', () => {
  const started = (review: object, access: string, kind = 'word') => {
    const showPanel = vi.fn();
    const trackChanges = vi.fn();
    const document = signal({ kind, rights: { access } });
    const state = { participants, phase: signal('ready'), document } as unknown as Editor['state'];
    const config = { editorConfig: { customization: { review } } };
    integration(config, ALL, {
      state,
      showPanel,
      review: { trackChanges } as never,
      losses: { onceDecided: (change: () => void) => change() } as never,
    }).watchStart()();
    return [showPanel.mock.calls, trackChanges.mock.calls];
  };

  it('are listed and begun as the config asks for', () => {
    const both = { showReviewChanges: true, trackChanges: true };
    expect(started(both, 'edit')).toEqual([[['changes']], [[true]]]);
    // A reviewer's are tracked in any case, and the switch is not theirs.
    expect(started(both, 'review')).toEqual([[['changes']], []]);
    expect(started(both, 'edit', 'cell')).toEqual([[], []]);
    expect(started({}, 'edit')).toEqual([[], []]);
  });
});

describe('a new config that was asked for', () => {
  it('is waited for a while before the page says what is wrong', () => {
    vi.useFakeTimers();
    const host = integration();
    host.awaitRefresh();
    expect(host.refreshing.value).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(host.refreshing.value).toBe(false);
    vi.useRealTimers();
  });
});

describe('places', () => {
  it('that are not of the web are not opened', () => {
    const opened = vi.spyOn(window, 'open').mockReturnValue(null);
    const goback = (url: string) => ({ editorConfig: { customization: { goback: { url } } } });
    integration(goback('javascript:alert(1)')).back();
    integration(goback('/all')).back();
    expect(opened.mock.calls).toEqual([['http://app.test/all', '_blank', 'noopener']]);
  });

  it('are written into code to embed as text', () => {
    expect(embedCode('http://a.test/?a="&b=<')).toBe(
      '<iframe src="http://a.test/?a=&#34;&#38;b=&#60;" width="100%" height="600" allowfullscreen></iframe>',
    );
  });
});

describe('an outdated version', () => {
  const asked = vi.fn();
  const record: Raise = (name, data) => raised.push([name, data]);

  const error = { errorCode: -102, errorDescription: 'M.' };

  it('is refreshed where the application can', () => {
    withOutdated(record, ['onRequestRefreshFile'], asked)('onError', error);
    expect(asked).toHaveBeenCalledOnce();
    expect(raised).toEqual([['onRequestRefreshFile', undefined]]);
  });

  it('is an error elsewhere', () => {
    withOutdated(record, [], asked)('onError', error);
    expect(raised).toEqual([
      ['onError', error],
      ['onOutdatedVersion', undefined],
    ]);
  });
});
