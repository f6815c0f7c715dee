import { docxText, keep } from '../fixtures/office.ts';
import { expect, test } from '../fixtures/test.ts';

const FILE = 'Welcome.docx';

test('kill -9 of the server after a save: the save completes when it is back', async ({
  signIn,
  stack,
  picture,
}) => {
  const ada = await signIn('ada');
  const editor = await ada.open(FILE);
  await editor.ready();
  await editor.focus();
  await editor.press('Control+Home');
  const since = editor.live.received.length;
  await editor.type('Written before the power failed. ');
  await editor.saved(since);
  await picture(editor.page, 'saved');

  await stack.server.kill();
  await editor.close();
  await stack.server.restart();

  // The server waits for the writer's return before it takes the document for closed.
  await ada.hasVersion(FILE, 2, 90_000);
  const text = await docxText(keep(await ada.download(FILE, 2), FILE));
  expect(text).toContain('Written before the power failed. ');
});

test('kill -9 of the server under an open editor: it reconnects, and nothing typed is lost', async ({
  signIn,
  stack,
  picture,
}) => {
  const ada = await signIn('ada');
  const editor = await ada.open(FILE);
  await editor.ready();
  await editor.focus();
  await editor.press('Control+Home');
  const since = editor.live.received.length;
  await editor.type('One. ');
  await editor.saved(since);
  const sockets = editor.live.opened;

  await stack.server.kill();
  await editor.isState('reconnecting');
  await editor.type('Meanwhile. ');
  await picture(editor.page, 'reconnecting');
  await stack.server.restart();
  await editor.isState('ready');
  expect(editor.live.opened).toBeGreaterThan(sockets);
  await editor.showsText('One.', 'Meanwhile.', 'Welcome');

  await editor.press('Control+Home');
  await editor.type('Two. ');
  await editor.showsText('Two.', 'One.', 'Meanwhile.');
  await picture(editor.page, 'back');

  await editor.live.allApplied();
  await editor.close();
  await ada.hasVersion(FILE, 2, 30_000);
  const text = await docxText(keep(await ada.download(FILE, 2), FILE));
  for (const typed of ['One.', 'Meanwhile.', 'Two.']) expect(text).toContain(typed);
});

test('kill -9 of the document’s engine process: the document comes back as it was stored', async ({
  signIn,
  stack,
  picture,
}) => {
  const ada = await signIn('ada');
  const editor = await ada.open(FILE);
  await editor.ready();
  await editor.focus();
  await editor.press('Control+Home');
  const since = editor.live.received.length;
  await editor.type('Stored before the crash. ');
  await editor.saved(since);

  const before = editor.live.received.length;
  stack.server.killLastKit();
  await expect
    .poll(() => editor.live.of('progress', before).map((message) => message.stage), {
      message: 'the editor is told that the document is being restored',
    })
    .toContain('recovering');
  await editor.isState('ready');
  await editor.showsText('Stored before the crash.', 'Welcome');

  await editor.press('Control+Home');
  await editor.type('Written after it. ');
  await editor.showsText('Written after it.');
  await picture(editor.page, 'restored');
  await editor.live.allApplied();
  await editor.close();
  await ada.hasVersion(FILE, 2, 30_000);
  const text = await docxText(keep(await ada.download(FILE, 2), FILE));
  expect(text).toContain('Written after it. Stored before the crash. Welcome');
});
