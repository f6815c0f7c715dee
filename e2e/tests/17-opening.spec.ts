import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret, ROOT } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

/** It opens with "lantern". */
const LOCKED: Behaviour = {
  download: {
    status: 200,
    type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    body: readFileSync(join(ROOT, 'e2e/files/locked.docx')),
  },
};

test.describe('a document that opens with a password', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'opening', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  test('is asked for it until the right one is given', async ({ page, picture }) => {
    const { page: address } = integrator.add(LOCKED);
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    const dialog = editor.frame.getByTestId('password');
    const input = editor.frame.getByTestId('password-input');
    await expect(dialog).toBeVisible({ timeout: 90_000 });
    await expect(dialog).toHaveAccessibleName(/protected/);
    await expect(input).toBeFocused();
    await expect(input).toHaveAttribute('type', 'password');
    await picture(page, 'password-asked');
    await page.keyboard.type('Lantern');
    await page.keyboard.press('Enter');
    await expect(editor.frame.getByTestId('password-told')).toContainText('does not open');
    await expect(input).toHaveAttribute('aria-invalid', 'true');
    await expect(input).toBeFocused();
    await page.setViewportSize({ width: 360, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(page, 'password-wrong-small-dark');
    // What was wrong is selected: typing replaces it.
    await page.keyboard.type('lantern');
    await editor.frame.getByTestId('password-open').click();
    await editor.ready();
    await expect(dialog).toBeHidden();
    const sent = editor.live.sent.filter(({ type }) => type === 'password');
    expect(sent).toHaveLength(2);
  });

  test('stays closed when its password is not given', async ({ page }) => {
    const { page: address } = integrator.add(LOCKED);
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await expect(editor.frame.getByTestId('password')).toBeVisible({ timeout: 90_000 });
    await page.keyboard.press('Escape');
    expect((await editor.refused()).code).toBe('open.no_password');
  });
});
