import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Editor } from '../fixtures/editor.ts';
import { Integrator } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { docxText } from '../fixtures/office.ts';
import { newSecret, ROOT, temporaryFolder } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

const APPLICATIONS = { React: 'react', Vue: 'vue' };

for (const [framework, folder] of Object.entries(APPLICATIONS)) {
  test(`the component for ${framework}: open, type, close, saved`, async ({
    browser,
    picture,
    slug,
  }) => {
    const site = join(ROOT, 'examples', folder, 'dist');
    if (!existsSync(site)) throw new Error(`${site} is not there. Build it with: make examples`);
    const secret = newSecret();
    const server = await DocumentServer.start({ name: slug, secret });
    const integrator = await Integrator.start(server.url, secret, site);
    const saved = join(temporaryFolder('framework'), 'Welcome.docx');
    const { id } = integrator.add({ saveTo: saved });

    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const favicon = message.location().url.endsWith('/favicon.ico');
      if (!favicon && ['warning', 'error'].includes(message.type()))
        complaints.push(message.text());
    });
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(`${integrator.url}/app/?id=${id}`);
    await editor.ready();
    await expect(page).toHaveTitle('Welcome.docx');
    await editor.focus();
    await editor.press('Control+Home');
    await editor.type(`Written with ${framework}. `);
    await editor.live.allApplied();
    await picture(page, 'written');
    await editor.close();

    await expect
      .poll(() => integrator.received(id).map(({ status }) => status), { timeout: 60_000 })
      .toEqual([1, 2]);
    expect(integrator.received(id).every(({ signed }) => signed)).toBe(true);
    expect(await docxText(saved)).toContain(`Written with ${framework}. `);
    expect(complaints).toEqual([]);

    await integrator.stop();
    await server.stop();
  });
}
