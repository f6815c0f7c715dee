import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret, ROOT } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

/** A workbook with a pivot table and its slicer. */
const SLICER: Behaviour = {
  download: {
    status: 200,
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    body: readFileSync(join(ROOT, 'crates/cli/tests/documents/files/pivot-slicer.xlsx')),
  },
};

/** The inputs that the editor sent and that may change a document. */
function changes(editor: Editor): unknown[] {
  return editor.live.sent
    .filter(({ type }) => type === 'input')
    .map(({ input }) => input as { kind: string; char?: number })
    .filter(({ kind, char }) => !['area', 'mouse', 'part'].includes(kind) && char !== 0);
}

test.describe('what a save would lose', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'losses', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  function add(user: string, more: Record<string, unknown> = {}): { page: string; id: string } {
    return integrator.add({
      ...SLICER,
      listen: ['onDocumentLosses', 'onRequestSaveAs', 'onDocumentReady'],
      beforeSigning(config) {
        config.documentType = 'cell';
        config.document.fileType = 'xlsx';
        config.document.title = 'Sales.xlsx';
        config.editorConfig.user.id = user;
        Object.assign(config.editorConfig, more);
      },
    });
  }

  async function open(page: Page, address: string): Promise<Editor> {
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await editor.ready();
    return editor;
  }

  test('is said before the first change, and asked once of each user', async ({
    page,
    picture,
  }) => {
    const { page: address, id } = add('ada');
    const editor = await open(page, address);
    const { frame } = editor;
    const bar = frame.getByTestId('losses-bar');
    const dialog = frame.getByTestId('dialog-losses');

    await test.step('one line names it, and the application hears of it', async () => {
      await expect(bar).toContainText(/Saving here would lose: slicers/);
      await picture(page, 'line');
      const told =
        await page.evaluate<{ name: string; data: { losses: { kind: string }[] } }[]>('raised');
      const event = told.find(({ name }) => name === 'onDocumentLosses');
      expect(event?.data.losses.map(({ kind }) => kind)).toContain('slicers');
    });

    await test.step('reading needs no answer, and typing asks', async () => {
      await editor.focus();
      await editor.press('ArrowDown', 'ArrowRight');
      await expect(dialog).toHaveCount(0);
      await editor.type('7');
      await expect(dialog).toBeVisible();
      await expect(dialog).toContainText('Before you change this document');
      await picture(page, 'question');
      await editor.press('Escape');
      await expect(dialog).toHaveCount(0);
      expect(changes(editor)).toEqual([]);
    });

    await test.step('the list is reached by keyboard, and so is the choice to read', async () => {
      await frame.getByTestId('losses-show').focus();
      await editor.press('Enter');
      await expect(dialog.getByTestId('losses-function').getByTestId('loss-slicers')).toBeVisible();
      await expect(frame.getByTestId('losses-read').last()).toBeFocused();
      await editor.press('Enter');
      await expect(dialog).toHaveCount(0);
      await expect(bar).toContainText('You only read this document.');
      await expect(frame.getByTestId('toolbar')).toHaveCount(0);
      await editor.type('7');
      await expect(dialog).toHaveCount(0);
      expect(changes(editor)).toEqual([]);
    });

    await test.step('who edits anyway does so, and what they typed is there', async () => {
      await bar.getByTestId('losses-edit').click();
      await expect(bar).toHaveCount(0);
      await editor.focus();
      await editor.type('7');
      await editor.press('Enter');
      await editor.live.allApplied();
      const since = editor.live.received.length;
      await editor.press('Control+s');
      await editor.saved(since);
    });

    await test.step('the same kind is not asked about again', async () => {
      const again = await open(page, address);
      await expect(frame.getByTestId('toolbar')).toBeVisible();
      await expect(bar).toHaveCount(0);
      await frame.getByTestId('menu').click();
      await frame.getByTestId('menu-losses').click();
      await expect(dialog).toContainText('Slicers');
      await expect(dialog.getByTestId('losses-edit')).toHaveCount(0);
      await picture(page, 'list');
      await again.press('Escape');
    });

    await page.goto('about:blank');
    await expect
      .poll(() => integrator.received(id).filter(({ status }) => status === 2))
      .toEqual([{ status: 2, signed: true, lost: expect.arrayContaining(['slicers']) }]);
  });

  test('lets what was typed through when it is wanted', async ({ page }) => {
    const editor = await open(page, add('bruno').page);
    await editor.focus();
    await editor.goToCell('A1');
    await editor.type('Typed');
    const dialog = editor.frame.getByTestId('dialog-losses');
    await dialog.getByTestId('losses-edit').click();
    await editor.press('Enter');
    await editor.live.allApplied();
    await editor.goToCell('A1');
    await expect.poll(() => editor.formula()).toMatch(/^T/);
  });

  test('offers a copy where the application takes one', async ({ page }) => {
    const editor = await open(page, add('carla').page);
    await editor.frame.getByTestId('losses-copy').click();
    await expect
      .poll(() => page.evaluate<{ name: string }[]>('raised').then((all) => all.at(-1)?.name))
      .toBe('onRequestSaveAs');
    await expect(editor.frame.getByTestId('losses-bar')).toContainText('You only read');
  });

  test('opens for reading under the strict rule, in French, on a small dark screen', async ({
    page,
    picture,
  }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const { page: address } = add('dora', { lang: 'fr', customization: { losses: 'strict' } });
    const editor = await open(page, address);
    const { frame } = editor;
    const bar = frame.getByTestId('losses-bar');
    await expect(bar).toContainText('Ce document est ouvert en lecture');
    await expect(bar.getByTestId('losses-edit')).toHaveCount(0);
    await picture(page, 'strict-line');
    const width = await frame.locator('html').evaluate((html) => html.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await frame.getByTestId('losses-show').click();
    await expect(frame.getByTestId('dialog-losses')).toContainText('Segments');
    await picture(page, 'strict-list');
  });

  test('is quiet where the application says so', async ({ page }) => {
    const editor = await open(page, add('eva', { customization: { losses: 'quiet' } }).page);
    await editor.focus();
    await editor.type('7');
    await editor.press('Enter');
    await editor.live.allApplied();
    await expect(editor.frame.getByTestId('losses-bar')).toHaveCount(0);
    await expect(editor.frame.getByTestId('dialog-losses')).toHaveCount(0);
    const told = await page.evaluate<{ name: string }[]>('raised');
    expect(told.map(({ name }) => name)).toContain('onDocumentLosses');
  });
});
