import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, type Config, Integrator, sign } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { keep, part } from '../fixtures/office.ts';
import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

type Raised = { name: string; data: unknown };

test.describe('comments, chat and copies', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

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
  ): Promise<{ editor: Editor; id: string }> {
    const behaviour: Behaviour = {
      listen: ['onDownloadAs', 'onRequestSaveAs'],
      beforeSigning: change,
    };
    const { page: address, id } = integrator.add(behaviour);
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await editor.ready();
    return { editor, id };
  }

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

  test('a picture that the application signed is inserted', async ({ page }) => {
    const { editor } = await open(page, () => undefined);
    await editor.focus();
    const call = { c: 'add', images: [{ fileType: 'png', url: `${integrator.url}/picture.png` }] };
    const argument = JSON.stringify({ ...call, token: sign(call, secret) });
    await page.evaluate(`editor.insertImage(${argument})`);
    await expect
      .poll(() => editor.live.of('inserted').map((answer) => answer.code ?? 'done'))
      .toEqual(['done']);
    await page.evaluate("editor.downloadAs('docx')");
    const copy = await given(page, 'onDownloadAs');
    expect(await part(keep(await fetched(copy.url), 'copy.docx'), 'word/document.xml')).toContain(
      '<pic:pic',
    );
  });
});
