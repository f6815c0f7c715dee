import { Editor } from '../fixtures/editor.ts';
import { type Answer, Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

const GOOD: Answer = { status: 200, type: 'application/json', body: '{"error":0}' };

test.describe('the page of the last callbacks', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;
  let answers: Answer[] = [];
  let id: string;

  test.beforeAll(async ({ browser }) => {
    server = await DocumentServer.start({ name: 'callbacks-page', secret });
    integrator = await Integrator.start(server.url, secret);
    const added = integrator.add({
      callback: (status) => (status === 2 ? (answers.shift() ?? GOOD) : GOOD),
    });
    id = added.id;
    answers = [{ status: 404, type: 'text/html', body: '<h1>Not found</h1> JWT_SECRET=' + secret }];
    const page = await browser.newPage();
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(added.page);
    await editor.ready();
    await editor.focus();
    await editor.type('A few words. ');
    await editor.live.allApplied();
    await page.close();
    await expect
      .poll(() => integrator.received(id).map(({ status }) => status), { timeout: 30_000 })
      .toContain(2);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  test('shows what went wrong, and sends it again', async ({ page, picture }) => {
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${server.url}/callbacks`);
    const attempts = page.getByTestId('attempt');
    await expect(attempts).toHaveCount(2);
    const failed = attempts.first();
    await expect(failed).toHaveAttribute('data-outcome', 'callback.status');
    await expect(attempts.last()).toHaveAttribute('data-outcome', 'taken');
    await failed.getByTestId('attempt-open').click();
    await expect(page.getByTestId('answer')).toContainText('Status 404');
    await expect(page.getByTestId('answer')).toContainText(
      '<h1>Not found</h1> JWT_SECRET=[secret]',
    );
    await expect(page.getByTestId('fields')).toContainText('"status": 2');
    await expect(page.getByTestId('fields')).toContainText('output.docx?…');
    await picture(page, 'details');
    const text = await page.locator('body').innerText();
    for (const hidden of [secret, 'sig=', 'eyJ']) expect(text).not.toContain(hidden);

    await page.getByTestId('replay').click();
    await expect(page.getByTestId('replay-yes')).toBeFocused();
    const before = integrator.received(id).length;
    await page.getByTestId('replay-yes').click();
    await expect(page.getByTestId('replay-result')).toHaveAttribute('data-state', 'sent');
    await expect(page.getByTestId('replay-result')).toContainText('The application took it.');
    expect(integrator.received(id)).toHaveLength(before + 1);
    expect(integrator.received(id).at(-1)).toMatchObject({ status: 2, signed: true });
    await expect(attempts).toHaveCount(3);
    await expect(attempts.first()).toContainText('Sent again by hand');
    await picture(page, 'sent');

    await page.getByTestId('failures-only').check();
    await expect(attempts).toHaveCount(1);
    await page.getByTestId('filter').fill('no such key');
    await expect(page.getByTestId('empty')).toBeVisible();
    expect(page.url()).toBe(`${server.url}/callbacks/`);
    expect(problems).toEqual([]);
  });

  test('works by the keyboard alone', async ({ page }) => {
    await page.goto(`${server.url}/callbacks/`);
    await expect(page.getByTestId('attempt').first()).toBeVisible();
    const press = async (key: string, focused: string) => {
      await page.keyboard.press(key);
      await expect(page.locator(':focus')).toHaveAttribute('data-testid', focused);
    };
    await press('Tab', 'language-en');
    await press('Tab', 'language-fr');
    await press('Tab', 'filter');
    await press('Tab', 'failures-only');
    await press('Space', 'failures-only');
    await press('Tab', 'refresh');
    await press('Tab', 'attempt-open');
    await press('Enter', 'attempt-open');
    await expect(page.getByTestId('details')).toBeVisible();
    await press('Tab', 'replay');
    await press('Enter', 'replay-yes');
    await press('Tab', 'replay-no');
    await press('Enter', 'replay');
    await expect(page.getByTestId('confirm')).toHaveCount(0);
  });

  for (const width of [360, 768, 1920]) {
    test(`fits into ${width} pixels, in French`, async ({ browser, picture }) => {
      const context = await browser.newContext({
        locale: 'fr-FR',
        viewport: { width, height: 800 },
      });
      const page = await context.newPage();
      await page.goto(`${server.url}/callbacks/`);
      await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Les derniers rappels');
      const failed = page.locator('[data-outcome="callback.status"]');
      await failed.getByTestId('attempt-open').click();
      await expect(page.getByTestId('details')).toBeVisible();
      const scroll = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await scroll()).toBe(width);
      await page.getByTestId('replay').click();
      await expect(page.getByTestId('confirm')).toContainText('L’envoyer quand même ?');
      expect(await scroll()).toBe(width);
      await picture(page, `at-${width}`);
      await context.close();
    });
  }
});
