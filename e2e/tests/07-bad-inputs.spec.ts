import { type Browser, type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { freePort, DocumentServer } from '../fixtures/processes.ts';
import { newSecret, sample } from '../fixtures/paths.ts';
import { expect, test } from '../fixtures/test.ts';

async function openPage(browser: Browser, address: string): Promise<Editor> {
  const page: Page = await browser.newPage();
  page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
  const live = new LiveWatch(page);
  await page.goto(address);
  return new Editor(page, live);
}

/** Shows that a document that is open can still be written in. */
async function goesOn(editor: Editor, text: string): Promise<void> {
  await editor.page.bringToFront();
  await editor.focus();
  await editor.press('Control+Home');
  await editor.type(text);
  await editor.live.allApplied();
  await editor.showsText(text.trim());
}

type Case = {
  name: string;
  behaviour: () => Behaviour | Promise<Behaviour>;
  code: RegExp;
  /** What the sentence must speak of. */
  says: RegExp;
};

const html = {
  status: 200,
  type: 'text/html',
  body: '<!doctype html><html><title>Log in</title><form><input type="password"></form></html>',
};

const CASES: Case[] = [
  {
    name: 'a truncated file',
    behaviour: () => ({ file: 'bad/damaged.docx' }),
    code: /^(content|open|document|engine)\./,
    says: /damaged|incomplete|cannot be (opened|read)/i,
  },
  {
    name: 'an empty file',
    behaviour: () => ({ file: 'bad/empty.docx' }),
    code: /^(content|fetch)\.empty$/,
    says: /empty/i,
  },
  {
    name: 'a PDF that is called docx',
    behaviour: () => ({ file: 'bad/mislabelled.docx' }),
    code: /^content\.mismatch$/,
    says: /PDF/,
  },
  {
    name: 'an address where nobody answers',
    behaviour: async () => ({ url: `http://127.0.0.1:${await freePort()}/Welcome.docx` }),
    code: /^fetch\.unreachable$/,
    says: /reach/i,
  },
  {
    name: 'a file that is not there',
    behaviour: () => ({ download: { status: 404, type: 'text/plain', body: 'gone' } }),
    code: /^fetch\.status$/,
    says: /404/,
  },
  {
    name: 'a login page in place of the file',
    behaviour: () => ({ download: html }),
    code: /^(fetch\.html_instead|content\.mismatch)$/,
    says: /HTML|web page|log ?in/i,
  },
  {
    name: 'permissions changed after signing',
    behaviour: () => ({
      afterSigning: (config) => {
        config.document.permissions = { ...config.document.permissions, edit: false };
      },
    }),
    code: /^(payload|config|token)\./,
    says: /permissions/,
  },
];

test.describe('bad inputs', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;
  /** A good document that stays open all the time. */
  let bystander: Editor;

  test.beforeAll(async ({ browser }) => {
    server = await DocumentServer.start({ name: 'bad-inputs', secret });
    integrator = await Integrator.start(server.url, secret);
    bystander = await openPage(browser, integrator.add({}).page);
    await bystander.ready();
    await bystander.focus();
    await bystander.press('Control+Home');
  });

  test.afterAll(async () => {
    await bystander.page.close();
    await integrator.stop();
    await server.stop();
  });

  for (const [index, bad] of CASES.entries()) {
    test(`${bad.name} is refused in a sentence, and the other document goes on`, async ({
      browser,
      picture,
    }) => {
      const editor = await openPage(browser, integrator.add(await bad.behaviour()).page);
      const refusal = await editor.refused();
      await picture(editor.page, 'refusal');
      expect(refusal.code).toMatch(bad.code);
      expect(refusal.text).toMatch(bad.says);
      expect(
        refusal.text.split('\n').filter((line) => line.trim().endsWith('.')).length,
      ).toBeGreaterThan(0);
      expect(refusal.text).not.toMatch(/undefined|null|panicked|\/tmp\/|Error\(/);
      await editor.page.close();

      await goesOn(bystander, `Undisturbed ${index + 1}. `);
    });
  }

  test('a callback that answers with a page: the editor says that and why nothing is saved', async ({
    browser,
    picture,
  }) => {
    const { page } = integrator.add({ callback: () => html });
    const editor = await openPage(browser, page);
    await editor.ready();
    await expect
      .poll(() => editor.live.of('save').at(-1)?.state, { message: 'the server reports it' })
      .toBe('failed');
    const report = editor.live.of('save').at(-1);
    expect(report?.message).toMatch(/callback/i);
    expect(report?.hint).toMatch(/\.$/);
    const shown = editor.frame.getByTestId('save-state');
    await expect(shown).toHaveAttribute('data-state', 'failed');
    await expect(shown).toContainText(String(report?.message));
    await picture(editor.page, 'save-state');
    await editor.page.close();
    await goesOn(bystander, 'Undisturbed by a callback. ');
  });

  test('the callbacks of a good document are signed, and closing it unchanged asks for no save', async ({
    browser,
  }) => {
    const { page, id } = integrator.add({});
    const editor = await openPage(browser, page);
    await editor.ready();
    await editor.close();
    await expect
      .poll(() => integrator.received(id).map((callback) => callback.status), { timeout: 60_000 })
      .toEqual([1, 4]);
    expect(integrator.received(id).every((callback) => callback.signed)).toBe(true);
  });
});

test('s1_a private address is refused unless its network is allowed', async ({
  browser,
  picture,
  slug,
}) => {
  const secret = newSecret();
  const server = await DocumentServer.start({ name: slug, secret, allowNetwork: '' });
  const integrator = await Integrator.start(server.url, secret);

  const editor = await openPage(browser, integrator.add({}).page);
  const refusal = await editor.refused();
  await picture(editor.page, 'refusal');
  expect(refusal.code).toBe('fetch.forbidden_address');
  expect(refusal.text).toMatch(/127\.0\.0\.1|private|loopback/);
  expect(refusal.text).toMatch(/allow/i);

  await editor.page.close();
  await integrator.stop();
  await server.stop();
});

test('the portal takes no file that is not what it says', async ({ signIn, picture }) => {
  const ada = await signIn('ada');
  for (const [name, says] of [
    ['empty.docx', /empty/],
    ['mislabelled.docx', /content/],
  ] as const) {
    await ada.upload(sample(`bad/${name}`));
    const problem = ada.page.getByTestId('problem').or(ada.page.getByTestId('failure'));
    await expect(problem).toBeVisible();
    await expect(problem).toContainText(says);
    await ada.home();
    await expect(ada.page.locator(`[data-testid="file-row"][data-name="${name}"]`)).toHaveCount(0);
  }
  await picture(ada.page, 'upload');
  // Its password is asked for when it is opened.
  await ada.upload(sample('bad/encrypted.docx'));
  await expect(
    ada.page.locator('[data-testid="file-row"][data-name="encrypted.docx"]'),
  ).toHaveCount(1);
});
