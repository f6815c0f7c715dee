import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';

import { Editor } from '../fixtures/editor.ts';
import { verify } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { docxText } from '../fixtures/office.ts';
import { newSecret, ROOT, sample, temporaryFolder } from '../fixtures/paths.ts';
import { DocumentServer, freePort, Program } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

type Opening = { documentServer: string; config: { token: string; document: object } };

const EXAMPLES = join(ROOT, 'examples');

/** How each example is started: the command and its arguments. */
const starts: Record<string, (port: number) => [string, string[]]> = {
  PHP: (port) => ['php', ['-S', `127.0.0.1:${port}`, join(EXAMPLES, 'php/index.php')]],
  // As WordPress runs: names of headers arrive in PHP as they were sent.
  // When it ends, Apache ends its whole process group, which must not be ours.
  'PHP under Apache': () => [
    'setsid',
    ['/usr/sbin/apache2', '-f', join(EXAMPLES, 'php/apache.conf'), '-D', 'FOREGROUND'],
  ],
  Laravel: (port) => [
    'php',
    [
      ...['-S', `127.0.0.1:${port}`],
      ...['-t', join(EXAMPLES, 'laravel/public'), join(EXAMPLES, 'laravel/public/index.php')],
    ],
  ],
  Node: () => ['node', [join(EXAMPLES, 'node/app.mjs')]],
  Python: () => [join(ROOT, 'target/venv-examples/bin/python'), [join(EXAMPLES, 'python/app.py')]],
};

for (const [language, start] of Object.entries(starts)) {
  test(`the example in ${language}: open, type, close, saved`, async ({
    browser,
    picture,
    slug,
  }) => {
    const secret = newSecret();
    const server = await DocumentServer.start({ name: slug, secret });
    const folder = temporaryFolder('example');
    const file = join(folder, 'Welcome.docx');
    copyFileSync(sample('Welcome.docx'), file);
    // Apache works as a user of its own, who may have no way into the repository.
    chmodSync(folder, 0o777);
    copyFileSync(join(EXAMPLES, 'php/index.php'), join(folder, 'index.php'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const [command, args] = start(port);
    const program = new Program(
      `${slug}-app`,
      args,
      {
        JWT_SECRET: secret,
        DOCUMENT_SERVER: server.url,
        APP_URL: url,
        DATA: folder,
        PORT: String(port),
        APP: folder,
        RUN: temporaryFolder('apache'),
      },
      `${url}/`,
      command,
    );
    await program.start();

    const context = await browser.newContext();
    const open = async (who: string): Promise<Editor> => {
      const page = await context.newPage();
      const editor = new Editor(page, new LiveWatch(page));
      await page.goto(`${url}/?${who}`);
      await editor.ready();
      return editor;
    };
    const ada = await open('user=ada');
    const vera = await open('user=vera&rights=view');
    await expect(vera.frame.getByTestId('view-only-badge')).toBeVisible();
    await ada.focus();
    await ada.press('Control+Home');
    await ada.type('Written with the example. ');
    await ada.live.allApplied();
    await picture(ada.page, 'written');
    await ada.page.close();
    await vera.page.close();

    await expect
      .poll(() => docxText(file), { message: 'the file is saved', timeout: 30_000 })
      .toContain('Written with the example. ');

    if (language === 'Node') {
      // What the pages in examples/react and examples/vue ask for.
      const answer = (await (await fetch(`${url}/config?user=ada`)).json()) as Opening;
      expect(answer.documentServer).toBe(`${server.url}/`);
      expect(verify(answer.config.token, secret)?.document).toEqual(answer.config.document);
    }

    // The file is for the document server only.
    const refused = await fetch(`${url}/file?file=Welcome.docx`);
    expect(refused.status).toBe(403);
    const forged = await fetch(`${url}/callback?file=Welcome.docx`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ status: 2, url: `${server.url}/`, token: 'a.b.c' }),
    });
    expect(forged.status).toBe(403);

    await context.close();
    await program.end('SIGTERM');
    await server.stop();
  });
}
