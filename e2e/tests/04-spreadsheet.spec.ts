import { keep, xlsxCell } from '../fixtures/office.ts';
import { expect, test } from '../fixtures/test.ts';

const FILE = 'Budget.xlsx';

test('a value and a formula, typed by two people into different cells, are in version 2', async ({
  signIn,
  picture,
}) => {
  const ada = await signIn('ada');
  const bruno = await signIn('bruno');
  const adas = await ada.open(FILE);
  await adas.ready();
  const brunos = await bruno.open(FILE);
  await brunos.ready();

  await adas.focus();
  await adas.goToCell('B21');
  await adas.type('1234');
  await adas.press('Enter');
  await adas.live.allApplied();

  await brunos.focus();
  await brunos.goToCell('B21');
  await expect.poll(() => brunos.formula(), { message: 'Bruno sees Ada’s value' }).toBe('1234');
  await brunos.goToCell('B22');
  await brunos.type('=B21*2');
  await brunos.press('Enter');
  await brunos.live.allApplied();

  await adas.goToCell('B22');
  await expect.poll(() => adas.formula(), { message: 'Ada sees Bruno’s formula' }).toBe('=B21*2');
  await picture(adas.page, 'cells');

  await adas.close();
  await brunos.close();
  await ada.hasVersion(FILE, 2, 10_000);

  const second = keep(await ada.download(FILE, 2), FILE);
  expect(await xlsxCell(second, 'B21')).toEqual({ formula: undefined, value: '1234' });
  expect(await xlsxCell(second, 'B22')).toEqual({ formula: 'B21*2', value: '2468' });
});
