import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Answer, Integrator, sign } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

type Raised = { name: string; data: unknown };

/** A text as RTF. */
function rtf(...paragraphs: string[]): Answer {
  return {
    status: 200,
    type: 'application/rtf',
    body: `{\\rtf1\\ansi\\fs28 ${paragraphs.join('\\par ')}}`,
  };
}

const MENU = 'The kitchen opens at noon.';
const AGREED = rtf('Agreement', MENU, 'Soup is served on Thursdays.', 'Signed by both.');
const REVISED = rtf(
  'Agreement',
  MENU,
  'Soup is served on Fridays.',
  'Bread is free.',
  'Signed by both.',
);

test.describe('a second document', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'second-document', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  /** The address of a file of the application. */
  function address(download: Answer): string {
    return `${integrator.url}/file/${integrator.add({ download }).id}`;
  }

  async function open(page: Page, listen: string[]): Promise<Editor> {
    const { page: at } = integrator.add({
      download: AGREED,
      listen,
      beforeSigning(config) {
        config.document.fileType = 'rtf';
        config.document.title = 'Agreement.rtf';
      },
    });
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(at);
    await editor.ready();
    return editor;
  }

  test('is compared with the open one, and its changes are accepted', async ({ page, picture }) => {
    const editor = await open(page, ['onRequestSelectDocument']);
    const { frame } = editor;
    await frame.getByTestId('toolbar-documents').click();
    await picture(page, 'documents');
    await frame.getByTestId('documents-compare').click();
    const raised = (): Promise<Raised[]> => page.evaluate<Raised[]>('raised');
    await expect
      .poll(raised)
      .toEqual([{ name: 'onRequestSelectDocument', data: { c: 'compare' } }]);
    const call = { c: 'compare', fileType: 'rtf', url: address(REVISED) };
    const argument = JSON.stringify({ ...call, token: sign(call, secret) });
    await page.evaluate(`editor.setRequestedDocument(${argument})`);
    await expect(frame.getByTestId('notice').last()).toContainText('Accept or reject them');
    await expect(frame.getByTestId('change')).toHaveCount(3);
    await editor.whole();
    await picture(page, 'compared');
    expect(editor.live.of('taken')).toMatchObject([{ changes: 3 }]);
    await frame.getByTestId('changes-accept-all').click();
    await expect(frame.getByTestId('change')).toHaveCount(0);
    await editor.live.allApplied();
    await editor.focus();
    await editor.showsText('Soup is served on Fridays.');
    await editor.showsText('Bread is free.');
    await picture(page, 'accepted');
  });

  test('is not asked for where the application gives none', async ({ page }) => {
    const editor = await open(page, ['onRequestCompareFile']);
    const { frame } = editor;
    await frame.getByTestId('toolbar-documents').click();
    await expect(frame.getByTestId('documents-compare')).toBeVisible();
    await expect(frame.getByTestId('documents-combine')).toHaveCount(0);
    const call = { fileType: 'rtf', url: address(AGREED) };
    await page.evaluate(`editor.setRevisedFile(${JSON.stringify(call)})`);
    await expect(frame.getByTestId('notice').last()).toContainText('has no token');
  });

  test('is the version before, against which a version is marked', async ({ page, picture }) => {
    const editor = await open(page, ['onRequestHistory', 'onRequestHistoryData']);
    const { frame } = editor;
    await frame.getByTestId('menu').click();
    await frame.getByTestId('menu-history').click();
    const user = { id: 'a', name: 'Ada Okafor' };
    const versions = [1, 2].map((version) => ({
      version,
      created: `2026-03-0${version}T09:15:00Z`,
      key: `v${version}`,
      user,
    }));
    const list = { currentVersion: 2, history: versions };
    await page.evaluate(`editor.refreshHistory(${JSON.stringify(list)})`);
    await frame.getByTestId('history-version').first().getByRole('button').first().click();
    const data = {
      version: 2,
      key: 'v2',
      fileType: 'rtf',
      url: address(REVISED),
      previous: { key: 'v1', fileType: 'rtf', url: address(AGREED) },
    };
    const argument = JSON.stringify({ ...data, token: sign(data, secret) });
    await page.evaluate(`editor.setHistoryData(${argument})`);
    await expect(frame.getByTestId('history-marked')).toHaveText(
      'Changes since the previous version: 3',
    );
    await editor.whole();
    await picture(page, 'marked');
    await editor.focus();
    // What is gone is crossed out, and not copied.
    await editor.showsText('Soup is served on Fridays.', 'Bread is free.');
    await frame.getByTestId('history-marks').uncheck();
    await expect(frame.getByTestId('history-marked')).toHaveCount(0);
    await editor.whole();
    await editor.focus();
    await editor.showsText('Soup is served on Fridays.');
    await picture(page, 'unmarked');
    await frame.getByTestId('history-close').click();
    await editor.focus();
    await editor.showsText('Soup is served on Thursdays.');
  });
});
