import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, type Config, Integrator, sign } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { keep, part, plainText } from '../fixtures/office.ts';
import { newSecret, temporaryFolder } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

type Raised = { name: string; data: unknown };

test.describe('comments, chat and copies', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;
  const folder = temporaryFolder('comments');
  let opened = 0;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'comments', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  async function open(
    page: Page,
    change: (config: Config) => void,
    listen = ['onDownloadAs', 'onRequestSaveAs'],
  ): Promise<{ editor: Editor; id: string; saveTo: string }> {
    const saveTo = join(folder, `${String((opened += 1))}.docx`);
    const behaviour: Behaviour = { listen, saveTo, beforeSigning: change };
    const { page: address, id } = integrator.add(behaviour);
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await editor.ready();
    return { editor, id, saveTo };
  }

  /** Closes a document, and opens what was saved of it for reading, by a link to a place in it. */
  async function openAgain(
    page: Page,
    { id, saveTo }: { id: string; saveTo: string },
    actionLink: unknown,
  ): Promise<Editor> {
    await page.evaluate('editor.destroyEditor()');
    await expect
      .poll(() => integrator.received(id).map((one) => one.status), { timeout: 30_000 })
      .toContain(2);
    const { page: again } = integrator.add({
      download: { status: 200, type: 'application/octet-stream', body: readFileSync(saveTo) },
      beforeSigning: (config) => {
        config.editorConfig.actionLink = actionLink;
        config.document.permissions = { edit: false };
      },
    });
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(again);
    await editor.ready();
    return editor;
  }

  const all = async (page: Page, name: string): Promise<Raised[]> =>
    (await page.evaluate<Raised[]>('raised')).filter((one) => one.name === name);

  /** The address that the page was last given by an event. */
  async function given(page: Page, name: string): Promise<{ url: string; fileType: string }> {
    const find = async () =>
      (await page.evaluate<Raised[]>('raised')).find((one) => one.name === name);
    await expect.poll(find, { message: name }).toBeDefined();
    return (await find())?.data as { url: string; fileType: string };
  }

  async function fetched(url: string): Promise<Buffer> {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  }

  for (const [lang, width] of [
    ['en', 1280],
    ['fr', 360],
  ] as const) {
    test(`comments and chat, in ${lang} at ${width} pixels`, async ({ page, picture }) => {
      await page.setViewportSize({ width, height: width > 600 ? 860 : 740 });
      const { editor } = await open(page, (config) => {
        config.editorConfig.lang = lang;
      });
      const { frame } = editor;
      await frame.getByTestId('comments-button').click();
      await frame.getByTestId('comment-text').fill('Is this still true?');
      await frame.getByTestId('comment-text').press('Enter');
      const comment = frame.getByTestId('comment');
      await expect(comment).toContainText('Is this still true?');
      await comment.getByTestId('comment-answer').click();
      await frame.getByTestId('answer-text').fill('Since Monday.');
      await frame.getByTestId('answer-text').press('Enter');
      await expect(frame.locator('.thread__answer')).toContainText('Since Monday.');
      await picture(page, 'comments');
      await comment.getByTestId('comment-resolve').click();
      await expect(comment).toHaveAttribute('data-resolved', 'true');
      await comment.getByTestId('comment-delete').click();
      await expect(frame.getByText('Is this still true?')).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(frame.getByTestId('comments')).toHaveCount(0);

      await frame.getByTestId('chat-button').click();
      await frame.getByTestId('chat-text').fill('Shall we send it?');
      await frame.getByTestId('chat-text').press('Enter');
      await expect(frame.getByTestId('chat-message')).toContainText('Shall we send it?');
      await picture(page, 'chat');
    });
  }

  for (const [lang, width] of [
    ['en', 1280],
    ['fr', 360],
  ] as const) {
    test(`mentions and links, in ${lang} at ${width} pixels`, async ({ page, picture }) => {
      await page.setViewportSize({ width, height: width > 600 ? 860 : 740 });
      const listen = ['onRequestUsers', 'onRequestSendNotify', 'onMakeActionLink'];
      const document = await open(
        page,
        (config) => {
          config.editorConfig.lang = lang;
        },
        listen,
      );
      const { frame } = document.editor;
      await frame.getByTestId('comments-button').click();
      const field = frame.getByTestId('comment-text');
      await field.pressSequentially('Is this true, @ka');
      await expect
        .poll(async () => (await all(page, 'onRequestUsers')).at(-1)?.data)
        .toEqual({ c: 'mention' });
      const users = [
        { name: 'Kate Cage', email: 'kate@example.com' },
        { name: 'John Smith', email: 'john@example.com' },
      ];
      await page.evaluate(`editor.setUsers(${JSON.stringify({ c: 'mention', users })})`);
      await expect(frame.getByTestId('mention')).toHaveText(['Kate Cagekate@example.com']);
      await picture(page, 'mention');
      await field.press('Enter');
      await expect(field).toHaveValue('Is this true, @Kate Cage ');
      await field.press('Enter');
      const comment = frame.getByTestId('comment');
      await expect(comment).toContainText('@Kate Cage');
      const told = (await given(page, 'onRequestSendNotify')) as unknown as {
        emails: string[];
        message: string;
        actionLink: { action: { type: string; data: string } };
      };
      expect(told).toMatchObject({
        emails: ['kate@example.com'],
        message: 'Is this true, @Kate Cage',
        actionLink: { action: { type: 'comment' } },
      });
      await comment.getByTestId('comment-link').click();
      expect(await given(page, 'onMakeActionLink')).toMatchObject(told.actionLink);
      await page.evaluate("editor.setActionLink('https://app.example/files/7#comment')");
      await expect(frame.getByTestId('place-link')).toHaveValue(
        'https://app.example/files/7#comment',
      );
      await picture(page, 'link');
      await frame.getByTestId('dialog-close').click();

      // The mentioned person follows the link, after the file was saved and opened again.
      await openAgain(page, document, told.actionLink);
      await expect(comment).toHaveAttribute('aria-current', 'true');
      await picture(page, 'followed');
    });
  }

  test('o1 a letter typed right after a cut stays, and what was cut can be pasted', async ({
    page,
  }) => {
    const { editor } = await open(page, () => undefined);
    await editor.press('Control+a');
    await editor.type('The end');
    await editor.press('Control+Home', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight');
    await editor.press('Control+x');
    await editor.type('A');
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()), { timeout: 10_000 })
      .toBe('The');
    await editor.press('End', 'Control+v');
    await expect.poll(() => editor.wholeText(), { timeout: 30_000 }).toMatch(/^A endThe\s*$/);
  });

  test('o3 a pasted picture keeps its place among the keys', async ({ page }) => {
    const { editor } = await open(page, () => undefined);
    await editor.press('Control+a');
    await editor.type('The end');
    await editor.press('Control+End');
    const sent = editor.live.lastSent();
    await editor.frame.locator('body').evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 40);
      canvas.getContext('2d')?.fillRect(0, 0, 40, 40);
      const data = new DataTransfer();
      data.items.add(new File([await canvas.convertToBlob()], 'dot.png', { type: 'image/png' }));
      const field = document.activeElement;
      const paste = { clipboardData: data, bubbles: true, cancelable: true };
      field?.dispatchEvent(new ClipboardEvent('paste', paste));
      // In the same moment, so that the picture's bytes cannot have been read yet.
      field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }));
    });
    const kinds = (): string[] =>
      editor.live.sent
        .filter(({ type, seq }) => type === 'input' && Number(seq) > sent)
        .map(({ input }) => (input as { kind: string }).kind)
        // What part of the document is shown may be told in between.
        .filter((kind) => kind !== 'area');
    await expect.poll(kinds).toEqual(['paste', 'key']);
    await editor.live.allApplied();
    expect(editor.live.of('denied')).toEqual([]);
    await page.evaluate("editor.downloadAs('docx')");
    const copy = await given(page, 'onDownloadAs');
    const xml = await part(keep(await fetched(copy.url), 'pasted.docx'), 'word/document.xml');
    expect(xml).toContain('The end');
    expect(xml.match(/<w:drawing>/g), 'the picture alone').toHaveLength(1);
  });

  test('a link to a place of a text leads its reader there', async ({ page }) => {
    const document = await open(page, () => undefined, ['onMakeActionLink']);
    const { editor } = document;
    const { frame } = editor;
    await editor.focus();
    await page.keyboard.press('Control+End');
    await editor.type('The last words');
    await frame.getByTestId('menu').click();
    await frame.getByTestId('menu-place-link').click();
    const link = await given(page, 'onMakeActionLink');
    expect(link).toMatchObject({ action: { type: 'bookmark' } });
    const { live } = await openAgain(page, document, link);
    await expect
      .poll(() =>
        live
          .of('caret')
          .map((event) => (event.rect as number[])[1] ?? 0)
          .at(-1),
      )
      .toBeGreaterThan(1500);
  });

  for (const [lang, width] of [
    ['en', 1280],
    ['fr', 360],
  ] as const) {
    test(`tracked changes, in ${lang} at ${width} pixels`, async ({ page, picture }) => {
      await page.setViewportSize({ width, height: width > 600 ? 860 : 740 });
      const { editor } = await open(page, (config) => {
        config.editorConfig.lang = lang;
        config.editorConfig.customization = {
          review: { trackChanges: true, showReviewChanges: true },
        };
      });
      const { frame } = editor;
      await expect(frame.getByTestId('track-changes')).toBeChecked();
      await expect(frame.getByTestId('change')).toHaveCount(0);
      await frame.getByTestId('side-close').click();
      await editor.focus();
      await page.keyboard.press('Control+Home');
      await editor.type('Kept ');
      await page.keyboard.press('ArrowRight');
      await editor.type('unwanted ');
      await frame.getByTestId('changes-button').click();
      const changes = frame.getByTestId('change');
      await expect(changes).toHaveCount(2);
      await expect(changes.first()).toContainText('Kept');
      await expect(changes.first()).toContainText('Grace Reader');
      await picture(page, 'changes');
      await changes.first().getByTestId('change-accept').click();
      await expect(changes).toHaveCount(1);
      await changes.first().getByTestId('change-reject').click();
      await expect(changes).toHaveCount(0);
      await page.evaluate("editor.downloadAs('docx')");
      const copy = await given(page, 'onDownloadAs');
      const file = keep(await fetched(copy.url), 'copy.docx');
      const xml = await part(file, 'word/document.xml');
      expect(xml).not.toContain('<w:ins ');
      expect(plainText(xml)).toContain('Kept ');
      expect(plainText(xml)).not.toContain('unwanted ');
    });
  }

  test('a reviewer proposes, takes a copy and gets no more than that', async ({
    page,
    picture,
  }) => {
    const { editor, id } = await open(page, (config) => {
      config.document.permissions = { edit: false, review: true, print: false };
    });
    const { frame } = editor;
    await expect(frame.getByTestId('review-badge')).toBeVisible();
    await editor.focus();
    await editor.type('Proposed ');
    await page.evaluate("editor.downloadAs('docx')");
    const copy = await given(page, 'onDownloadAs');
    expect(copy.fileType).toBe('docx');
    const xml = await part(keep(await fetched(copy.url), 'copy.docx'), 'word/document.xml');
    expect(xml).toMatch(/<w:ins [^>]*>(?:(?!<\/w:ins>).)*Proposed/);
    await picture(page, 'review');

    await frame.getByTestId('menu').click();
    await expect(frame.getByTestId('menu-print')).toHaveCount(0);
    const download = page.waitForEvent('download');
    await frame.getByTestId('menu-download-pdf').click();
    expect((await download).suggestedFilename()).toBe('Welcome.pdf');
    await frame.getByTestId('menu').click();
    await picture(page, 'menu');
    await frame.getByTestId('menu-save-as').click();
    const saved = await given(page, 'onRequestSaveAs');
    expect(saved).toMatchObject({ fileType: 'docx', title: 'Welcome.docx' });

    const fields = { c: 'permissions', key: id, permissions: { review: false, download: false } };
    const answer = await fetch(`${server.url}/command`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: sign(fields, secret) }),
    });
    expect(await answer.json()).toMatchObject({ error: 0 });
    await expect(frame.getByTestId('view-only-badge')).toBeVisible();
    await expect(frame.locator('.toolbar')).toHaveCount(0);
    await page.evaluate("editor.downloadAs('pdf')");
    await expect(frame.getByTestId('notice').last()).toContainText('You may not download');
    await picture(page, 'lowered');
  });

  test('pictures that the application signed are inserted', async ({ page }) => {
    const { editor } = await open(page, () => undefined);
    await editor.focus();
    const call = {
      c: 'add',
      images: ['png', 'svg'].map((fileType) => ({
        fileType,
        url: `${integrator.url}/picture.${fileType}`,
      })),
    };
    const argument = JSON.stringify({ ...call, token: sign(call, secret) });
    await page.evaluate(`editor.insertImage(${argument})`);
    await expect
      .poll(() => editor.live.of('inserted').map((answer) => answer.code ?? 'done'))
      .toEqual(['done']);
    await page.evaluate("editor.downloadAs('docx')");
    const copy = await given(page, 'onDownloadAs');
    const text = await part(keep(await fetched(copy.url), 'copy.docx'), 'word/document.xml');
    // The sample's own pictures have other names.
    expect(text.match(/<wp:docPr [^>]*name="Image\d"/g)).toHaveLength(2);
  });
});
