/**
 * A document server without an engine, to work on the editor: `npm run build && npm run mock`, then open
 * http://127.0.0.1:8090/?type=word (or cell, slide; &mode=view, &lang=fr, &name=…, &key=refused or failed).
 * http://127.0.0.1:8090/drop loses all connections.
 */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer } from 'ws';
import type { ClientMessage, DocumentKind, ServerMessage } from '../src/app/live/protocol.js';
import { MockSession } from './session.js';

const DIST = join(import.meta.dirname, '..', 'dist');
const API = '/web-apps/apps/api/documents/api.js';
const EDITOR = '/web-apps/apps/editor/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
/** The policy that the document server sends with the editor. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";

const HOST_PAGE = `<!doctype html><meta charset="utf-8"><title>Host page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>html,body{margin:0;height:100%}</style>
<div id="placeholder"></div><script src="${API}"></script><script src="/host.js"></script>`;

const HOST_SCRIPT = `
const query = new URLSearchParams(location.search);
const get = (name, other) => query.get(name) ?? other;
const type = get('type', 'word');
const events = {};
window.raised = [];
for (const name of ['onAppReady', 'onDocumentReady', 'onDocumentStateChange', 'onError', 'onWarning', 'onInfo', 'onRequestClose']) {
  events[name] = (event) => window.raised.push([name, event.data]);
}
window.editor = new DocsAPI.DocEditor('placeholder', {
  document: { url: query.has('nourl') ? undefined : 'http://example.test/file', key: get('key', type),
    fileType: { word: 'docx', cell: 'xlsx', slide: 'pptx' }[type], title: get('title', 'Annual report.docx') },
  documentType: type,
  editorConfig: { mode: get('mode', 'edit'), lang: get('lang', 'en'), user: { id: get('name', 'u1'), name: get('name', 'Ada Lovelace') } },
  events, width: '100%', height: '100%',
});`;

const sessions = new Map<string, MockSession>();

const server = createServer((request, response) => {
  void (async () => {
    const { pathname } = new URL(request.url ?? '/', 'http://mock');
    if (pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(HOST_PAGE);
      return;
    }
    if (pathname === '/drop') {
      for (const socket of sockets.clients) socket.terminate();
      response.writeHead(204).end();
      return;
    }
    if (pathname === '/host.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(HOST_SCRIPT);
      return;
    }
    const file =
      pathname === API
        ? 'api.js'
        : pathname.startsWith(EDITOR)
          ? join('app', normalize(`/${pathname.slice(EDITOR.length)}`))
          : null;
    try {
      if (file === null) throw new Error('no such path');
      const body = await readFile(join(DIST, file));
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      response
        .writeHead(200, { 'content-type': type, 'content-security-policy': POLICY })
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  })();
});

const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket, request) => {
  const key = /^\/doc\/([^/]+)\/live$/.exec(request.url ?? '')?.[1];
  const send = (message: ServerMessage): void => socket.send(JSON.stringify(message));
  socket.once('message', (data) => {
    const open = JSON.parse((data as Buffer).toString('utf8')) as ClientMessage;
    if (open.type !== 'open' || key === undefined) {
      socket.close();
      return;
    }
    if (key === 'refused') {
      send({
        type: 'refused',
        code: 'token.signature',
        message: 'The token was signed with another secret than this document server has.',
        hint: 'Compare the secret of the application with the one in the settings of Recto.',
        path: 'token',
        expected: 'a signature made with secret 3f6c0a19',
        found: 'a signature that does not fit',
        docs: 'tokens/signature',
        editorError: -20,
        general: false,
        request: '4k7m2q9x1w3z',
      });
      socket.close();
      return;
    }
    if (key === 'failed') {
      send({
        type: 'failed',
        code: 'fetch.unreachable',
        message: 'The document could not be fetched: nobody answers at files.example.',
        hint: 'Check that the document server reaches this address.',
        editorError: -4,
        fatal: true,
        general: false,
        request: '4k7m2q9x1w3z',
      });
      socket.close();
      return;
    }
    send({ type: 'progress', stage: 'opening' });
    const config = open.config as {
      documentType: DocumentKind;
      document: { title: string };
      editorConfig: { mode: string; user: { name: string } };
    };
    let session = sessions.get(key);
    if (session === undefined) {
      session = new MockSession(key, config.documentType, config.document.title);
      sessions.set(key, session);
    }
    const access = config.editorConfig.mode === 'view' ? 'view' : 'edit';
    session.join(socket, open, config.editorConfig.user.name, access);
  });
});

const port = Number(process.env.PORT ?? 8090);
server.listen(port, '127.0.0.1', () => {
  console.log(`The mock document server listens at http://127.0.0.1:${port}/`);
});
