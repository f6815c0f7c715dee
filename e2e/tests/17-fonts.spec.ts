import { Editor } from '../fixtures/editor.ts';
import { Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

/** A text in a font that no server has, and one in a font of another name that is the same. */
const RICH = String.raw`{\rtf1\ansi{\fonttbl{\f0 House Sans;}{\f1 Carlito;}}{\f0 In house.}\par{\f1 Elsewhere.}}`;

test.describe('fonts that are not there', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'fonts', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  test('are named once, with what is shown instead', async ({ page, picture }) => {
    const add = () =>
      integrator.add({
        download: { status: 200, type: 'application/rtf', body: Buffer.from(RICH) },
        beforeSigning(config) {
          config.documentType = 'word';
          config.document.fileType = 'rtf';
          config.document.title = 'Letter.rtf';
        },
      });
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(add().page);
    await editor.ready();
    const notice = editor.frame.getByTestId('notice');
    await expect(notice).toHaveText(/Fonts missing on the server: House Sans \(shown as [A-Z].*\)/);
    await expect(notice).not.toContainText('Carlito');
    await picture(page, 'missing-fonts');
    await notice.getByRole('button').click();
    await expect(notice).toBeHidden();

    // The same browser is not told again.
    await page.goto(add().page);
    await editor.ready();
    await expect(notice).toBeHidden();
  });
});
