import { newSecret } from '../fixtures/paths.ts';
import { Person } from '../fixtures/portal.ts';
import { DocumentServer, PortalServer } from '../fixtures/processes.ts';
import { expect, test } from '../fixtures/test.ts';

const usual = newSecret();
const other = newSecret();

for (const side of [
  { wrong: 'portal', server: usual, portal: other },
  { wrong: 'document server', server: other, portal: usual },
]) {
  test(`wrong secret in the ${side.wrong}: the editor says so and what to do`, async ({
    browser,
    picture,
    slug,
  }) => {
    const server = await DocumentServer.start({ name: slug, secret: side.server });
    const portal = await PortalServer.start({
      name: slug,
      secret: side.portal,
      documentServer: server.url,
    });
    const ada = await Person.signIn(browser, portal.url, 'ada');

    const editor = await ada.open('Welcome.docx');
    const refusal = await editor.refused();
    await picture(editor.page, 'refusal');

    expect(refusal.code).toBe('token.signature');
    expect(refusal.text).toMatch(/signature|signed/i);
    expect(refusal.text).toMatch(/secret/i);
    const sent = editor.live.of('refused').at(-1);
    expect(sent).toMatchObject({ code: 'token.signature', editorError: -20 });
    expect(refusal.text).toContain(String(sent?.hint));
    expect(refusal.text).toContain(String(sent?.request));

    // Neither secret is shown or logged, and neither is the token (attacks T19).
    const token = String(editor.live.config().token);
    for (const hidden of [usual, other, token]) {
      expect(refusal.text).not.toContain(hidden);
      expect(JSON.stringify(sent)).not.toContain(hidden);
      expect(server.log()).not.toContain(hidden);
    }

    await ada.leave();
    await portal.stop();
    await server.stop();
  });
}

test('a server that keeps details to itself: the editor gives the code and a reference for the log', async ({
  browser,
  picture,
  slug,
}) => {
  const server = await DocumentServer.start({ name: slug, secret: usual, refusals: 'code' });
  const portal = await PortalServer.start({
    name: slug,
    secret: other,
    documentServer: server.url,
  });
  const ada = await Person.signIn(browser, portal.url, 'ada');

  const editor = await ada.open('Welcome.docx');
  const refusal = await editor.refused();
  await picture(editor.page, 'refusal');
  expect(refusal.code).toBe('token.signature');
  expect(refusal.text).not.toMatch(/fingerprint|secret/i);
  const reference = await editor.frame.getByTestId('refusal-reference').innerText();
  expect(reference).toMatch(/^[0-9a-z]{12}$/);

  // By the reference the administrator finds the whole of it.
  const line = server
    .log()
    .split('\n')
    .find((line) => line.includes(reference));
  expect(line).toContain('opening refused');
  expect(line).toContain('token.signature');
  expect(line).toMatch(/fingerprint|secret/);

  await ada.leave();
  await portal.stop();
  await server.stop();
});
