import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { docxText } from '../fixtures/office.ts';
import { newSecret, temporaryFolder } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe('forms', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'forms', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  async function open(page: Page, file: string) {
    const saveTo = `${temporaryFolder('form')}/saved.docx`;
    const { page: address, id } = integrator.add({
      file,
      saveTo,
      beforeSigning: ({ document }) => {
        document.permissions = { edit: false, fillForms: true };
      },
    });
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await editor.ready();
    return { editor, id, saveTo };
  }

  test('who may fill in a form fills in its fields and changes nothing else', async ({
    page,
    picture,
  }) => {
    const { editor, saveTo, id } = await open(page, 'Form.docx');
    const { frame } = editor;
    await expect(frame.getByTestId('fill-badge')).toBeVisible();
    await expect(frame.getByTestId('toolbar')).toHaveCount(0);
    await expect(frame.getByText('You may fill in the fields')).toBeVisible();
    const input = frame.getByTestId('field-input');

    await test.step('typing beside a field does nothing', async () => {
      await editor.focus();
      await editor.type('INTRUDER');
      await editor.press('Enter', 'Backspace', 'Delete', 'Control+x');
      await expect(frame.getByTestId('field-form')).toHaveCount(0);
    });

    // Where the fields are at 100 % in this window: after the name of each line.
    const NAME = [500, 306] as const;
    const ROOM = [445, 341] as const;
    const FROM = [430, 375] as const;
    const BOX = [361, 410] as const;

    await test.step('a line of text', async () => {
      await page.mouse.click(...NAME);
      await expect(input).toHaveValue('Click here and write your name');
      await picture(page, 'line');
      await input.fill('Nora Nyberg');
      await input.press('Enter');
      await expect(frame.getByTestId('field-form')).toHaveCount(0);
    });

    await test.step('one of a list, a day, and a tick', async () => {
      await page.mouse.click(...ROOM);
      await expect(frame.getByTestId('field-item').first()).toBeVisible();
      await editor.whole();
      await picture(page, 'list');
      await frame.getByTestId('field-item').getByText('Pottery').click();
      await page.mouse.click(...FROM);
      await input.fill('2027-01-15');
      await frame.getByTestId('field-fill').click();
      await page.mouse.click(...BOX);
      // Everything sent has been answered, and is stored a second later.
      await expect(frame.getByTestId('save-state')).toHaveAttribute('data-state', 'saved');
    });

    await editor.close();
    await expect.poll(() => integrator.received(id).map((one) => one.status)).toContain(2);
    const text = await docxText(saveTo);
    expect(text).toContain('Name: Nora Nyberg');
    expect(text).toContain('Room: Pottery');
    expect(text).toContain('From: 2027-01-15');
    expect(text).toContain('\u2612 I have read');
    expect(text).not.toContain('INTRUDER');
    expect(text).toContain('The board answers within two weeks.');
  });

  test('a document without fields says so', async ({ page }) => {
    const { editor } = await open(page, 'Welcome.docx');
    await expect(editor.frame.getByText('but it has none')).toBeVisible();
    await editor.close();
  });
});
