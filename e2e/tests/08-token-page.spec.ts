import { createHmac } from 'node:crypto';

import { type Page } from '@playwright/test';

import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

/** What `{}` signed with nobody knows which secret looks like. */
const EMPTY =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5IuXpdN4fObi2fx6W5CGCNoz6SJXz8Kvjc1n15krGFo';

function signed(payload: object, secret: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** Waits until the findings are those of what is there now; gives their codes in order. */
async function codes(page: Page): Promise<(string | null)[]> {
  await expect(page.getByTestId('results')).toHaveAttribute('data-state', 'explained');
  const findings = await page.getByTestId('finding').all();
  return Promise.all(findings.map((finding) => finding.getAttribute('data-code')));
}

test.describe('the page "What is wrong with my token?"', () => {
  const secret = newSecret();
  let server: DocumentServer;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'token-page', secret });
  });

  test.afterAll(async () => {
    await server.stop();
  });

  test('says what is wrong with an empty payload, and judges the signature once it has a secret', async ({
    page,
    picture,
  }) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    // The content security policy, a missing file and the like.
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`${server.url}/token`);
    await picture(page, 'empty');
    await page.getByTestId('example').click();
    await expect(page.getByTestId('input')).toHaveValue(EMPTY);
    await expect.poll(() => codes(page)).toContain('payload.empty');
    expect((await codes(page))[0]).toBe('payload.empty');
    const first = page.getByTestId('finding').first();
    await expect(first).toHaveAttribute('data-severity', 'fatal');
    await expect(first).toContainText('document and editorConfig');
    await expect(page.getByTestId('announcement')).toContainText('empty');
    await picture(page, 'example');

    // Decoded, without the signature.
    await expect(page.getByTestId('decoded-header')).toContainText('"alg": "HS256"');
    await expect(page.getByTestId('decoded-payload')).toHaveText('{}');
    await expect(page.getByTestId('decoded')).not.toContainText('5IuXpdN4');

    const signature = page.locator('[data-code="token.signature"]');
    await expect(signature).toHaveAttribute('data-severity', 'note');
    await page.getByTestId('secret').fill(secret);
    await expect(signature).toHaveAttribute('data-severity', 'fatal');
    await page.getByTestId('input').fill(signed({}, secret));
    await expect(signature).toHaveCount(0);
    expect((await codes(page))[0]).toBe('payload.empty');
    await picture(page, 'signature');

    // Neither what was pasted nor the secret is shown or logged.
    expect(await page.getByTestId('results').innerText()).not.toContain(secret);
    for (const hidden of [secret, EMPTY, 'e30.']) expect(server.log()).not.toContain(hidden);
    expect(page.url()).toBe(`${server.url}/token/`);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
    expect(problems).toEqual([]);
  });

  test('works by the keyboard alone', async ({ page }) => {
    await page.goto(`${server.url}/token/`);
    const press = async (key: string, id: string) => {
      await page.keyboard.press(key);
      await expect(page.locator(':focus')).toHaveAttribute('data-testid', id);
    };
    await press('Tab', 'language-en');
    await press('Tab', 'language-fr');
    await press('Tab', 'example');
    // What has the focus can be seen.
    expect(
      await page.locator(':focus').evaluate((element) => getComputedStyle(element).outlineStyle),
    ).not.toBe('none');
    await press('Enter', 'input');
    await expect.poll(() => codes(page)).toContain('payload.empty');
    await press('Tab', 'purpose');
    await page.keyboard.press('o');
    await expect(page.getByTestId('purpose')).toHaveValue('open');
    await press('Tab', 'secret');
    await page.keyboard.type(secret);
    await expect(page.locator('[data-code="token.signature"]')).toHaveAttribute(
      'data-severity',
      'fatal',
    );
    await press('Tab', 'secret-show');
    await page.keyboard.press('Space');
    await expect(page.getByTestId('secret')).toHaveAttribute('type', 'text');
    await press('Tab', 'secret-remove');
    await press('Tab', 'secret-add');
    await press('Enter', 'secret');
    await page.keyboard.type('another');
    await expect(page.getByTestId('secret').nth(1)).toHaveValue('another');
    await expect(page.getByTestId('secret').nth(1)).toHaveAttribute('type', 'password');
    await press('Tab', 'secret-show');
    await press('Tab', 'secret-remove');
    // The field goes, and the focus stays with what is left.
    await press('Enter', 'secret');
    await expect(page.getByTestId('secret')).toHaveCount(1);
    await expect(page.getByTestId('secret')).toHaveValue(secret);
  });

  test.describe('on a telephone, in French', () => {
    test.use({ viewport: { width: 360, height: 740 }, locale: 'fr-FR' });

    test('fits, and speaks French around findings in English', async ({ page, picture }) => {
      await page.goto(`${server.url}/token/`);
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await width()).toBe(360);
      await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('mon jeton');
      await page.getByTestId('example').click();
      await expect.poll(() => codes(page)).toContain('payload.empty');
      await expect(page.getByText('À corriger en premier')).toBeVisible();
      const first = page.getByTestId('finding').first();
      await expect(first.getByRole('heading')).toHaveAttribute('lang', 'en');
      // Long words too.
      const config = {
        document: { key: 'k'.repeat(300), url: `http://${'x'.repeat(300)}.example` },
      };
      await page.getByTestId('input').fill(JSON.stringify(config));
      await expect.poll(() => codes(page)).toContain('token.missing');
      expect(await width()).toBe(360);
      await picture(page, 'telephone');

      await page.getByTestId('language-en').click();
      await expect(page.locator('html')).toHaveAttribute('lang', 'en');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('my token');
    });
  });

  test('copies the findings, and says so when the server is gone', async ({ page }) => {
    await page.goto(`${server.url}/token/`);
    await page.getByTestId('input').fill(signed({}, 'not-the-secret-of-this-server'));
    await expect.poll(() => codes(page)).toContain('payload.empty');
    await page.getByTestId('copy').click();
    await expect(page.getByTestId('copy')).toHaveText('Copied');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^This is a token\.\n\nfatal: payload\.empty\n/);

    await page.context().setOffline(true);
    await page.getByTestId('input').fill(EMPTY);
    await expect(page.getByTestId('failure')).toHaveAttribute('data-failure', 'unreachable');
    await page.context().setOffline(false);
    await page.getByTestId('clear').click();
    await expect(page.getByTestId('empty')).toBeVisible();
  });
});
