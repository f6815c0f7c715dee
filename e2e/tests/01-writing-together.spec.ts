import { readFileSync } from 'node:fs';

import { expect, test } from '../fixtures/test.ts';
import { docxText, keep, libreOfficeMakesPdf } from '../fixtures/office.ts';
import { sample } from '../fixtures/paths.ts';

const FILE = 'Welcome.docx';

test('two writers and a viewer share a document, and both edits are in version 2', async ({
  signIn,
  picture,
}) => {
  const ada = await signIn('ada');
  const bruno = await signIn('bruno');
  const vera = await signIn('vera');
  const original = readFileSync(sample(FILE));

  const adas = await ada.open(FILE);
  await adas.ready();
  const brunos = await bruno.open(FILE);
  await brunos.ready();
  await picture(adas.page, 'open');

  await test.step('each sees the other’s caret, by name and in a colour of its own', async () => {
    await adas.focus();
    await adas.press('Control+Home');
    await brunos.focus();
    await brunos.press('Control+Home', 'ArrowDown', 'End');
    const adaIs = await brunos.seesCaretOf(/ada/);
    const brunoIs = await adas.seesCaretOf(/bruno/);
    expect(adaIs).not.toBe(brunoIs);
    await adas.listsParticipant(/bruno/);
    await brunos.listsParticipant(/ada/);
  });

  const veras = await vera.open(FILE);
  await veras.ready();
  await expect(veras.frame.getByTestId('view-only-badge')).toBeVisible();

  await test.step('each sees what the other types, while it is typed', async () => {
    const brunosBefore = await brunos.painted();
    const verasBefore = await veras.painted();
    await adas.type('Ada began this line');
    await expect.poll(() => brunos.painted()).not.toBe(brunosBefore);
    await expect.poll(() => veras.painted()).not.toBe(verasBefore);
    await brunos.showsText('Ada began this line');
    await adas.type(' and went on with it. ');
    await brunos.showsText('Ada began this line and went on with it.');

    const adasBefore = await adas.painted();
    await brunos.press('Control+Home', 'ArrowDown', 'End');
    await brunos.type(' Bruno answers here.');
    await expect.poll(() => adas.painted()).not.toBe(adasBefore);
    await adas.showsText('Bruno answers here.', 'Ada began this line and went on with it.');
    await picture(brunos.page, 'both-wrote');
  });

  await test.step('the viewer watches live', async () => {
    await adas.press('Control+Home');
    await adas.type('Vera sees lanternlight');
    await adas.live.allApplied();
    await veras.seesCaretOf(/ada/);
    await expect
      .poll(() => veras.wordBeforeCaretOf(/ada/).catch(() => ''), { timeout: 30_000 })
      .toContain('lanternlight');
    await adas.type('. ');
    await picture(veras.page, 'watching');
  });

  await veras.close();
  await adas.live.allApplied();
  await brunos.live.allApplied();
  await adas.close();
  await brunos.close();

  await test.step('within 10 s the portal holds version 2', async () => {
    await ada.hasVersion(FILE, 2, 10_000);
    await picture(ada.page, 'versions');
  });

  const second = keep(await ada.download(FILE, 2), FILE);
  const text = await docxText(second);
  expect(text).toContain('Vera sees lanternlight. Ada began this line and went on with it.');
  expect(text).toContain('Bruno answers here.');
  expect(text).toContain('A year behind the blue door');

  expect((await ada.download(FILE, 1)).equals(original), 'version 1 is there byte for byte').toBe(
    true,
  );
  expect(await libreOfficeMakesPdf(second)).toBe('%PDF-');

  await test.step('the editor shows version 1 in the place of version 2', async () => {
    const again = await ada.open(FILE);
    await again.ready();
    const { frame } = again;
    await frame.getByTestId('menu').click();
    await frame.getByTestId('menu-history').click();
    await expect(frame.getByTestId('history-version')).toHaveCount(2);
    await frame.locator('[data-version="1"]').getByRole('button').first().click();
    await expect(frame.getByTestId('version-badge')).toContainText('1');
    await expect.poll(() => again.live.of('opened').length).toBe(2);
    await picture(again.page, 'version-1');
    await again.close();
  });
});
