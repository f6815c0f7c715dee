import { type Page } from '@playwright/test';

import { Editor } from '../fixtures/editor.ts';
import { type Behaviour, Integrator, sign } from '../fixtures/integrator.ts';
import { LiveWatch } from '../fixtures/live.ts';
import { newSecret } from '../fixtures/paths.ts';
import { DocumentServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

type Raised = { name: string; data: unknown };

/** What the page has heard of its editor so far. */
function all(page: Page): Promise<Raised[]> {
  return page.evaluate<Raised[]>('raised');
}

/** The same without what every opening raises. */
async function heard(page: Page): Promise<Raised[]> {
  return (await all(page)).filter(({ name }) => !/^on(Document|App|Info|Plugins)/.test(name));
}

/** Calls a method of the page's editor. */
async function call(page: Page, name: string, ...rest: unknown[]): Promise<void> {
  await page.evaluate(`editor.${name}(${rest.map((one) => JSON.stringify(one)).join(',')})`);
}

async function hears(page: Page, name: string): Promise<unknown> {
  await expect
    .poll(async () => (await heard(page)).map((one) => one.name), { message: name })
    .toContain(name);
  return (await heard(page)).findLast((one) => one.name === name)?.data;
}

/** The kinds of the inputs that the editor has sent since the one with this number. */
function kindsSent(editor: Editor, since: number): string[] {
  return editor.live.sent
    .filter(({ type, seq }) => type === 'input' && Number(seq) > since)
    .map(({ input }) => (input as { kind: string }).kind);
}

const VERSIONS = {
  currentVersion: 3,
  history: [
    {
      version: 1,
      created: '2026-03-02T09:15:00Z',
      key: 'v1',
      user: { id: 'a', name: 'Ada Okafor' },
    },
    {
      version: 2,
      created: '2026-03-04T16:40:00Z',
      key: 'v2',
      user: { id: 'b', name: 'Bruno Keller' },
      serverVersion: '9.3.0',
      changes: [
        { created: '2026-03-04 16:31:10', user: { id: 'b', name: 'Bruno Keller' } },
        { created: '2026-03-04 16:38:55', user: { id: 'a', name: 'Ada Okafor' } },
      ],
    },
    {
      version: 3,
      created: '2026-03-05T08:00:00Z',
      key: 'v3',
      user: { id: 'a', name: 'Ada Okafor' },
    },
  ],
};

test.describe('the Docs API', () => {
  const secret = newSecret();
  let server: DocumentServer;
  let integrator: Integrator;

  test.beforeAll(async () => {
    server = await DocumentServer.start({ name: 'docs-api', secret });
    integrator = await Integrator.start(server.url, secret);
  });

  test.afterAll(async () => {
    await integrator.stop();
    await server.stop();
  });

  async function open(page: Page, behaviour: Behaviour): Promise<{ editor: Editor; id: string }> {
    const { page: address, id } = integrator.add(behaviour);
    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await editor.ready();
    return { editor, id };
  }

  const fileroom: Behaviour = {
    listen: [
      'onAppReady',
      'onInfo',
      'onDocumentReady',
      'onMetaChange',
      'onRequestClose',
      'onRequestHistory',
      'onRequestHistoryClose',
      'onRequestHistoryData',
      'onRequestInsertImage',
      'onRequestRename',
      'onRequestRestore',
      'onRequestSharingSettings',
      'onRequestUsers',
    ],
    beforeSigning(config) {
      config.document.info = {
        owner: 'Ada Okafor',
        uploaded: '2026-03-01T10:00:00Z',
        folder: 'Plans',
        favorite: false,
        sharingSettings: [{ user: 'Bruno Keller', permissions: 'Full access' }],
      };
      config.editorConfig.region = 'en-GB';
      config.editorConfig.recent = [{ title: 'Minutes.docx', url: '/minutes', folder: 'Plans' }];
      config.editorConfig.customization = {
        logo: { image: '/picture.svg' },
        customer: { name: 'Fileroom Ltd', mail: 'help@fileroom.test' },
        goback: { requestClose: true, text: 'To the files' },
        close: { visible: true, text: 'Done' },
        feedback: { visible: true, url: '/feedback' },
      };
    },
  };

  for (const width of [1280, 360]) {
    test(`a day in a file room, in a window of ${width} pixels`, async ({ page, picture }) => {
      await page.setViewportSize({ width, height: width > 600 ? 860 : 740 });
      const { editor, id } = await open(page, fileroom);
      const { frame } = editor;
      const menu = async (item: string): Promise<void> => {
        await frame.getByTestId('menu').click();
        await frame.getByTestId(`menu-${item}`).click();
      };

      await test.step('the page is told how the document was opened', async () => {
        const names = (await all(page)).map(({ name }) => name);
        const order = ['onAppReady', 'onInfo', 'onDocumentReady'];
        expect(names.filter((name) => order.includes(name))).toEqual(order);
        expect(
          await page.evaluate(
            "raised.find(({ name }) => name === 'onInfo').data.getConfig().document.title",
          ),
        ).toBe('Welcome.docx');
      });

      await test.step('everything that can be done with the file is in one menu', async () => {
        await frame.getByTestId('menu').click();
        await expect(frame.getByTestId('menu-recent')).toContainText('Minutes.docx');
        await expect(frame.getByTestId('menu-feedback')).toHaveAttribute(
          'href',
          `${integrator.url}/feedback`,
        );
        await picture(page, 'menu');
        await page.keyboard.press('Escape');
      });

      await test.step('the star is the application’s to set', async () => {
        const star = frame.getByTestId('favorite');
        await expect(star).toHaveAttribute('aria-pressed', 'false');
        await star.click();
        expect(await hears(page, 'onMetaChange')).toEqual({ favorite: true });
        await call(page, 'setFavorite', true);
        await expect(star).toHaveAttribute('aria-pressed', 'true');
      });

      await test.step('another name is asked for, and shown when the application has set it', async () => {
        const sent = editor.live.lastSent();
        await menu('rename');
        const field = frame.getByTestId('rename-field');
        await expect(field).toBeFocused();
        await picture(page, 'rename');
        await field.fill('Plan of the year');
        await field.press('Enter');
        expect(await hears(page, 'onRequestRename')).toBe('Plan of the year');
        await expect(frame.getByTestId('document-title')).toHaveText('Welcome.docx');
        const meta = { c: 'meta', key: id, meta: { title: 'Plan of the year.docx' } };
        const answer = await fetch(`${server.url}/command`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ token: sign(meta, secret) }),
        });
        expect(await answer.json()).toMatchObject({ error: 0 });
        await expect(frame.getByTestId('document-title')).toHaveText('Plan of the year.docx');
        // Nothing of the name went into the document.
        expect(kindsSent(editor, sent).filter((kind) => /key|text/.test(kind))).toEqual([]);
      });

      await test.step('versions are listed, looked into and restored', async () => {
        await menu('history');
        await hears(page, 'onRequestHistory');
        await call(page, 'refreshHistory', VERSIONS);
        const versions = frame.getByTestId('history-version');
        await expect(versions).toHaveCount(3);
        await expect(versions.first()).toContainText('5 Mar 2026');
        await expect(versions.first()).toContainText('current');
        await versions.nth(1).getByRole('button').first().click();
        expect(await hears(page, 'onRequestHistoryData')).toBe(2);
        // The version has the key under which the document is open now.
        const former = integrator.add({
          download: { status: 200, type: 'text/plain', body: 'As it was on Wednesday.' },
        });
        const url = `${integrator.url}/file/${former.id}`;
        const data = { version: 2, key: id, url, fileType: 'txt' };
        await call(page, 'setHistoryData', { ...data, token: sign(data, secret) });
        await expect(frame.getByTestId('history-details')).toContainText('Ada Okafor');
        await expect(frame.getByTestId('version-badge')).toContainText('Version 2');
        await expect(frame.getByTestId('toolbar')).toHaveCount(0);
        await expect(frame.getByTestId('close')).toBeInViewport({ ratio: 1 });
        await editor.focus();
        await editor.showsText('As it was on Wednesday.');
        await picture(page, 'history');
        await frame.getByTestId('history-restore').click();
        // The application has the version; an address would be fetched instead.
        expect(await hears(page, 'onRequestRestore')).toEqual({ version: 2, fileType: 'txt' });
        await call(page, 'refreshHistory', { error: 'The versions are being tidied.' });
        await expect(frame.getByTestId('history-error')).toHaveText(
          'The versions are being tidied.',
        );
        await frame.getByTestId('history-close').click();
        await hears(page, 'onRequestHistoryClose');
        await expect(frame.getByTestId('history')).toHaveCount(0);
        await expect(frame.getByTestId('version-badge')).toHaveCount(0);
        await expect(frame.getByTestId('toolbar')).toBeVisible();
        await editor.showsText('This is a real document.');
      });

      await test.step('who has access is shown, and changed by the application', async () => {
        await menu('sharing');
        await expect(frame.getByTestId('shared-with')).toContainText('Bruno Keller');
        await frame.getByTestId('sharing-change').click();
        await hears(page, 'onRequestSharingSettings');
        await call(page, 'setSharingSettings', {
          sharingSettings: [{ user: 'A link', permissions: 'Read only', isLink: true }],
        });
        await expect(frame.getByTestId('shared-with')).toHaveText(/A link.*Read only/);
        await picture(page, 'sharing');
        await frame.getByTestId('dialog-close').click();
      });

      await test.step('people get their pictures', async () => {
        expect(await hears(page, 'onRequestUsers')).toEqual({ c: 'info', id: ['u1'] });
        await call(page, 'setUsers', { c: 'info', users: [{ id: 'u1', image: '/picture.svg' }] });
        await frame.getByTestId('participants-button').click();
        await expect(frame.getByTestId('participants-list').locator('img')).toBeVisible();
        await page.keyboard.press('Escape');
      });

      await test.step('a picture from the application is inserted', async () => {
        if (width < 600) return;
        await frame.getByTestId('toolbar-stored-image').click();
        expect(await hears(page, 'onRequestInsertImage')).toEqual({ c: 'add' });
        await call(page, 'insertImage', {
          c: 'add',
          images: [{ fileType: 'png', url: '/picture.png' }],
        });
        // By its kind: a version that was looked at has numbered its inputs too.
        await expect.poll(() => kindsSent(editor, 0)).toContain('paste');
        await editor.live.allApplied();
        expect(editor.live.of('denied')).toEqual([]);
      });

      await test.step('a message, and the end of editing', async () => {
        await call(page, 'showMessage', 'The file room closes at six.');
        await expect(frame.getByText('The file room closes at six.')).toBeVisible();
        await call(page, 'denyEditingRights', 'The plan has been agreed.');
        await expect(frame.getByTestId('view-only-badge')).toBeVisible();
        await expect(frame.getByTestId('toolbar')).toHaveCount(0);
        const sent = editor.live.lastSent();
        await editor.focus();
        await editor.type('x');
        expect(kindsSent(editor, sent)).not.toContain('text');
        await picture(page, 'denied');
      });

      await test.step('both ways out lead back to the application', async () => {
        await frame.getByTestId('back').click();
        await hears(page, 'onRequestClose');
        await frame.getByTestId('close').click();
        await expect
          .poll(
            async () => (await heard(page)).filter(({ name }) => name === 'onRequestClose').length,
          )
          .toBe(2);
        await call(page, 'destroyEditor');
        await expect(page.locator('iframe')).toHaveCount(0);
      });
    });
  }

  test('what is misspelt or without effect is named in the console, and nothing throws', async ({
    page,
  }) => {
    const console_: string[] = [];
    const thrown: string[] = [];
    const lines: string[] = [];
    page.on('console', (message) => {
      lines.push(message.type());
      if (['warning', 'info'].includes(message.type())) console_.push(message.text());
    });
    page.on('pageerror', (error) => thrown.push(error.message));
    await open(page, {
      listen: ['onDocumentRedy', 'onRequestMailMergeRecipients'],
      beforeSigning(config) {
        config.editorConfig.costumization = { compactHeader: true };
        config.editorConfig.coEditing = { mode: 'strict' };
        config.editorConfig.customization = { macros: true, autoSave: false };
      },
    });
    // One line, which can be opened.
    expect(lines.filter((type) => type === 'startGroupCollapsed')).toHaveLength(1);
    expect(lines).not.toContain('warning');
    for (const method of [
      'setReferenceData',
      'setReferenceData',
      'startFilling',
      'serviceCommand',
    ]) {
      await call(page, method, 'pdf');
    }
    const said = console_.join('\n');
    for (const part of [
      'editorConfig.costumization is not an option of the Docs API. Write editorConfig.customization',
      'editorConfig.customization.autoSave is not an option of the Docs API. Write editorConfig.customization.autosave',
      'editorConfig.coEditing.mode has no effect.',
      'editorConfig.customization.macros has no effect.',
      'events.onDocumentRedy is not an event of the Docs API. Write events.onDocumentReady',
      'events.onRequestMailMergeRecipients is never called.',
      'startFilling has no effect.',
      'serviceCommand has no effect.',
    ]) {
      expect(said).toContain(part);
    }
    expect(
      console_.filter((line) => line.includes('setReferenceData has no effect.')),
    ).toHaveLength(1);
    expect(thrown).toEqual([]);
  });

  test('a reader asks for the right to edit, and the same page opens the file again', async ({
    page,
    picture,
  }) => {
    const { editor } = await open(page, {
      listen: ['onRequestEditRights'],
      beforeSigning(config) {
        config.editorConfig.mode = 'view';
        config.editorConfig.customization = { uiTheme: 'theme-dark', zoom: 150 };
      },
    });
    await expect(editor.frame.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(editor.frame.getByTestId('zoom')).toHaveValue('150');
    await picture(page, 'dark');
    await editor.frame.getByTestId('request-edit').click();
    await hears(page, 'onRequestEditRights');

    const { id } = integrator.add({});
    const { config } = (await (await fetch(`${integrator.url}/config?id=${id}`)).json()) as {
      config: unknown;
    };
    await call(page, 'refreshFile', config);
    await expect(editor.frame.getByTestId('toolbar')).toBeVisible();
    await editor.isState('ready');
    await editor.focus();
    await editor.press('Control+Home');
    await editor.type('Opened again. ');
    await editor.showsText('Opened again. ');
  });

  test('a page with the key of a version that was saved gets the new version, or is told', async ({
    browser,
    page,
  }) => {
    const listen = ['onRequestRefreshFile', 'onError', 'onOutdatedVersion'];
    const { page: address, id } = integrator.add({ listen });
    const writer = await browser.newPage();
    const first = new Editor(writer, new LiveWatch(writer));
    await writer.goto(address);
    await first.ready();
    await first.focus();
    await first.type('Saved before. ');
    await first.live.allApplied();
    await first.close();
    await expect.poll(() => integrator.received(id).map(({ status }) => status)).toEqual([1, 2]);

    const editor = new Editor(page, new LiveWatch(page));
    await page.goto(address);
    await hears(page, 'onRequestRefreshFile');
    await expect(editor.frame.getByTestId('progress')).toBeVisible();
    const next = integrator.add({});
    const answer = await fetch(`${integrator.url}/config?id=${next.id}`);
    await call(page, 'refreshFile', ((await answer.json()) as { config: unknown }).config);
    await editor.isState('ready');
    expect((await heard(page)).map(({ name }) => name)).toEqual(['onRequestRefreshFile']);

    integrator.change(id, { listen: listen.slice(1) });
    await page.goto(address);
    await hears(page, 'onOutdatedVersion');
    expect((await heard(page))[0]).toMatchObject({ name: 'onError', data: { errorCode: -102 } });
    expect((await editor.refused()).code).toBe('session.version_changed');
  });

  test('an embedded document has the links of its kind and no toolbar', async ({
    page,
    picture,
  }) => {
    const { editor } = await open(page, {
      beforeSigning(config) {
        config.type = 'embedded';
        config.editorConfig.lang = 'fr';
        config.editorConfig.customization = {
          logo: { image: '/nothing.svg', imageEmbedded: '/picture.svg', url: '/home' },
          customer: { name: 'Fileroom Ltd', logo: '/picture.svg', www: 'https://fileroom.test' },
        };
        config.editorConfig.embedded = {
          saveUrl: '/save',
          shareUrl: '/share',
          embedUrl: '/embed',
          fullscreenUrl: '/full',
          toolbarDocked: 'bottom',
        };
      },
    });
    await expect(editor.frame.getByTestId('toolbar')).toHaveCount(0);
    await editor.frame.getByTestId('menu').click();
    await expect(editor.frame.getByTestId('menu-download')).toHaveAttribute(
      'href',
      `${integrator.url}/save`,
    );
    await picture(page, 'menu');
    await editor.frame.getByTestId('menu-about').click();
    const about = editor.frame.getByTestId('dialog-about');
    await expect(about).toContainText('À propos');
    await expect(about).toContainText('Fileroom Ltd');
    await expect(about.locator('img:visible')).toHaveCount(1);
    await picture(page, 'about');
    await page.keyboard.press('Escape');
    await expect(about).toHaveCount(0);
    const logo = editor.frame.getByTestId('logo');
    await expect(logo).toHaveAttribute('href', `${integrator.url}/home`);
    await expect(logo.locator('img:visible')).toHaveCount(1);

    await editor.frame.getByTestId('menu').click();
    await editor.frame.getByTestId('menu-embed').click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe(
        `<iframe src="${integrator.url}/embed" width="100%" height="600" allowfullscreen></iframe>`,
      );
  });
});
