import { type Editor } from '../fixtures/editor.ts';
import { docxText, keep } from '../fixtures/office.ts';
import { expect, test } from '../fixtures/test.ts';

const FILE = 'Welcome.docx';
const WORD = 'INTRUDER';

/** Selecting is a viewer's right, and makes the attempts after it worse. */
const SELECT_ALL = { kind: 'command', name: '.uno:SelectAll', args: {} };

/** Inputs that would change the document, each in its own way. */
const ATTEMPTS: object[] = [
  SELECT_ALL,
  { kind: 'text', text: WORD },
  { kind: 'compose', text: WORD },
  { kind: 'erase', before: 3, after: 3 },
  { kind: 'key', char: 73, code: 0 },
  { kind: 'key', char: 0, code: 1286 },
  {
    kind: 'paste',
    mime: 'text/plain;charset=utf-8',
    data: Buffer.from(WORD).toString('base64'),
  },
  { kind: 'paste', mime: 'text/html', data: Buffer.from(`<b>${WORD}</b>`).toString('base64') },
  { kind: 'command', name: '.uno:Bold', args: {} },
  { kind: 'command', name: '.uno:Delete', args: {} },
  { kind: 'command', name: '.uno:InsertText', args: { Text: { type: 'string', value: WORD } } },
  { kind: 'cell', address: '$A$1', text: WORD },
];

const FORBIDDEN = ATTEMPTS.filter((attempt) => attempt !== SELECT_ALL);

/**
 * Sends inputs as raw frames on the editor's own socket, numbered on from the editor's last one; returns the
 * numbers of those that must be refused.
 */
async function sendRaw(editor: Editor, inputs: object[]): Promise<number[]> {
  const first = editor.live.lastSent() + 1;
  await editor.frame.locator('html').evaluate(
    (_, { frames }) => {
      const { exposedSockets } = globalThis as unknown as { exposedSockets: WebSocket[] };
      const socket = exposedSockets.findLast((each) => each.readyState === WebSocket.OPEN);
      if (socket === undefined) throw new Error('the editor has no open socket');
      for (const frame of frames) socket.send(frame);
    },
    {
      frames: inputs.map((input, index) =>
        JSON.stringify({ type: 'input', seq: first + index, input }),
      ),
    },
  );
  return inputs.flatMap((input, index) => (FORBIDDEN.includes(input) ? [first + index] : []));
}

test('p1_nothing that a viewer’s browser sends changes the document', async ({
  signIn,
  picture,
}) => {
  const ada = await signIn('ada');
  const vera = await signIn('vera');
  const adas = await ada.open(FILE);
  await adas.ready();
  const veras = await vera.open(FILE);
  await veras.ready();
  await adas.focus();
  const before = await adas.wholeText();

  await test.step('keys pressed in the editor itself', async () => {
    await veras.focus();
    await veras.type(WORD);
    await veras.press('Delete', 'Enter', 'Control+b', 'Control+x');
  });

  await test.step('raw messages on the page’s own socket', async () => {
    const numbers = await sendRaw(veras, ATTEMPTS);
    await expect
      .poll(
        () => {
          const denied = new Map(
            veras.live.of('denied').map((message) => [message.seq, message.code]),
          );
          return numbers.filter((number) => denied.get(number) !== 'rights.view_only');
        },
        { message: 'every input is answered by rights.view_only' },
      )
      .toEqual([]);
    const answer = veras.live.of('denied').at(-1);
    expect(answer?.message).toMatch(/\.$/);
    expect(answer?.hint).toMatch(/\.$/);
  });

  await test.step('a second socket of the same session, asking for more than was signed', async () => {
    const config = structuredClone(veras.live.config()) as {
      editorConfig?: { mode?: string };
      document?: { permissions?: Record<string, unknown> };
    };
    config.editorConfig = { ...config.editorConfig, mode: 'edit' };
    const answers = await veras.frame.locator('html').evaluate(
      (_, { open, inputs }) => {
        const { exposedSockets } = globalThis as unknown as { exposedSockets: WebSocket[] };
        const url = exposedSockets.at(-1)?.url;
        if (url === undefined) throw new Error('the editor has no socket');
        return new Promise<{ type: string; access?: string; seq?: number; code?: string }[]>(
          (resolve) => {
            const heard: { type: string; access?: string; seq?: number; code?: string }[] = [];
            const socket = new WebSocket(url);
            socket.onopen = () => socket.send(open);
            socket.onclose = () => resolve(heard);
            socket.onmessage = ({ data }) => {
              if (typeof data !== 'string') return;
              const message = JSON.parse(data) as (typeof heard)[number];
              heard.push(message);
              if (message.type === 'opened') for (const input of inputs) socket.send(input);
              if (message.type === 'refused') socket.close();
              // The last of the inputs is the last to be answered.
              if (message.type === 'denied' && message.seq === inputs.length) socket.close();
            };
          },
        );
      },
      {
        open: JSON.stringify({ type: 'open', config, session: null, resume: null }),
        inputs: ATTEMPTS.map((input, index) =>
          JSON.stringify({ type: 'input', seq: index + 1, input }),
        ),
      },
    );
    const opened = answers.find((answer) => answer.type === 'opened');
    if (opened === undefined) {
      expect(answers.map((answer) => answer.type)).toContain('refused');
    } else {
      expect(opened.access).toBe('view');
      const denied = answers.filter((answer) => answer.type === 'denied');
      expect(denied.map((answer) => answer.code)).toEqual(FORBIDDEN.map(() => 'rights.view_only'));
    }
  });

  await test.step('the document is as it was', async () => {
    expect(await adas.wholeText()).toBe(before);
    await picture(veras.page, 'viewer');
  });

  await test.step('and the version that the writer leaves has her edit alone', async () => {
    await adas.press('Control+Home');
    await adas.type('Only Ada wrote. ');
    await adas.live.allApplied();
    await veras.close();
    await adas.close();
    await ada.hasVersion(FILE, 2, 10_000);
    const text = await docxText(keep(await ada.download(FILE, 2), FILE));
    expect(text).toContain('Only Ada wrote. ');
    expect(text).not.toContain(WORD);
    expect(text.replace('Only Ada wrote. ', '').split('\n')[0]).toBe('Welcome');
  });
});

test('p7_a right that its owner lowers is lowered while the document is open', async ({
  signIn,
  picture,
}) => {
  const ada = await signIn('ada');
  const bruno = await signIn('bruno');
  const brunos = await bruno.open(FILE);
  await brunos.ready();
  await brunos.focus();
  await brunos.type('Kept. ');

  await ada.share(FILE, 'bruno', 'review');
  await expect(brunos.frame.getByTestId('review-badge')).toBeVisible();
  await brunos.focus();
  await brunos.type('Proposed. ');
  await sendRaw(brunos, [{ kind: 'command', name: '.uno:InsertPagebreak', args: {} }]);
  await expect.poll(() => brunos.live.of('denied').at(-1)?.code).toBe('rights.review_only');
  await picture(brunos.page, 'proposing');

  await ada.share(FILE, 'bruno', 'view');
  await expect(brunos.frame.getByTestId('view-only-badge')).toBeVisible();
  await sendRaw(brunos, [{ kind: 'text', text: WORD }]);
  await expect.poll(() => brunos.live.of('denied').at(-1)?.code).toBe('rights.view_only');
  await brunos.focus();
  expect(await brunos.wholeText()).not.toContain(WORD);

  await ada.share(FILE, 'bruno', 'none');
  await expect(brunos.frame.getByTestId('refusal')).toBeVisible();
  await picture(brunos.page, 'sent-away');
});
