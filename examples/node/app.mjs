// An application that embeds the editor: a page, a file and a callback. See ../README.md.
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import express from 'express';
import jwt from 'jsonwebtoken';

const secret = process.env.JWT_SECRET; // the secret of the document server
if (!secret) throw new Error('JWT_SECRET is not set.');
const server = process.env.DOCUMENT_SERVER ?? 'http://127.0.0.1:8080'; // where it is
const port = Number(process.env.PORT ?? 8082);
const own = process.env.APP_URL ?? `http://127.0.0.1:${port}`; // where it finds this application
const folder = process.env.DATA ?? 'data';

const app = express();
const fileOf = (request) => basename(String(request.query.file ?? 'Welcome.docx'));
const sign = (payload) => jwt.sign(payload, secret, { algorithm: 'HS256', expiresIn: '5m' });
// The algorithm is ours to choose, never the token's.
const verify = (token) => jwt.verify(token, secret, { algorithms: ['HS256'], clockTolerance: 60 });

async function configFor(request) {
  const name = fileOf(request);
  const content = await readFile(join(folder, name));
  const user = String(request.query.user ?? 'ada'); // a real application knows who is signed in
  const edits = (request.query.rights ?? 'edit') === 'edit'; // and what they may do
  const config = {
    documentType: 'word',
    document: {
      fileType: 'docx',
      // A new one for each content, the same for all who open it.
      key: createHash('sha1').update(name).update(content).digest('hex'),
      title: name,
      url: `${own}/file?file=${encodeURIComponent(name)}`,
      permissions: { edit: edits, comment: edits, review: edits, fillForms: edits },
    },
    editorConfig: {
      mode: edits ? 'edit' : 'view',
      callbackUrl: `${own}/callback?file=${encodeURIComponent(name)}`,
      user: { id: user, name: user },
    },
  };
  config.token = sign(config); // last: nothing may change afterwards
  return config;
}

// For pages that are made in the browser: see ../react and ../vue.
app.get('/config', async (request, response) => {
  response.json({ documentServer: `${server}/`, config: await configFor(request) });
});

app.get('/', async (request, response) => {
  const json = JSON.stringify(await configFor(request)).replaceAll('<', '\\u003c');
  response.type('html').send(`<!doctype html><meta charset="utf-8"><title>Document</title>
<style>html, body { height: 100%; margin: 0 }</style><div id="editor"></div>
<script src="${server}/web-apps/apps/api/documents/api.js"></script>
<script>new DocsAPI.DocEditor("editor", ${json});</script>`);
});

app.get('/file', (request, response) => {
  try {
    const { payload } = verify((request.get('authorization') ?? '').replace(/^Bearer /, ''));
    if (payload.url !== `${own}${request.originalUrl}`) throw new Error('a token for another file');
  } catch (error) {
    return response.status(403).send(String(error.message));
  }
  response.sendFile(fileOf(request), { root: folder });
});

app.post('/callback', express.json({ limit: '8mb' }), async (request, response) => {
  let said;
  try {
    said = verify(request.body.token); // only what is signed counts
  } catch (error) {
    return response.status(403).json({ error: 1, message: error.message });
  }
  if (said.status === 2 || said.status === 6) {
    // Nobody else may make this application fetch an address.
    if (!said.url.startsWith(`${server}/`)) return response.status(403).json({ error: 1 });
    const saved = await fetch(said.url);
    if (!saved.ok) return response.status(500).json({ error: 1 }); // it is delivered again
    const path = join(folder, fileOf(request));
    await writeFile(`${path}.new`, Buffer.from(await saved.arrayBuffer()));
    await rename(`${path}.new`, path);
  }
  response.json({ error: 0 });
});

app.listen(port, '127.0.0.1', () => console.log(`Open ${own}/`));
