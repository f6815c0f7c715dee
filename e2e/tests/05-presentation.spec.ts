import { keep, part, plainText } from '../fixtures/office.ts';
import { expect, test } from '../fixtures/test.ts';

const FILE = 'Slides.pptx';
// Where the title of the first slide is, as shares of the slide's width and height.
const TITLE = { x: 0.5, y: 0.418 };

test('a title typed on a slide is in version 2', async ({ signIn, picture }) => {
  const ada = await signIn('ada');
  const bruno = await signIn('bruno');
  const adas = await ada.open(FILE);
  await adas.ready();
  const brunos = await bruno.open(FILE);
  await brunos.ready();
  await expect(adas.frame.getByTestId('slide-thumb')).toHaveCount(4);

  const before = await brunos.painted();
  await adas.clickSlide(TITLE.x, TITLE.y, 2);
  await adas.press('End');
  await adas.type(' together');
  await adas.live.allApplied();
  await expect
    .poll(() => brunos.painted(), { message: 'Bruno sees the title change' })
    .not.toBe(before);
  await picture(brunos.page, 'title');

  await adas.close();
  await brunos.close();
  await ada.hasVersion(FILE, 2, 10_000);

  const second = keep(await ada.download(FILE, 2), FILE);
  expect(plainText(await part(second, 'ppt/slides/slide1.xml'))).toContain(
    'Lantern Street Workshop together',
  );
});
