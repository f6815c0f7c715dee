import { CONFIG, OWN_CONFIG } from './config.js';
import type { Support } from './entry.js';
import { EVENTS, UNTYPED_EVENTS } from './events.js';
import { METHODS, UNTYPED_METHODS } from './methods.js';

const INTRODUCTION = `# DocsAPI: what works

This page is made from the table by which the editor itself answers (\`editor/src/api/support\`), and a test keeps both the same. It lists what the published types of the Docs API have, and what integrators use besides.

**yes** means that it works. **nothing to do** means that what it switches is not there, or always is as asked for. **no** means that it has no effect; the console of the browser says the same sentence, and nothing throws.

An option that is not in this list, or is misspelt, is named in the console, with the nearest one that there is.

Pictures (logos, avatars, templates) are fetched by the page around the editor, not by the editor: their addresses must be on the page's own origin, allow it to read them (CORS), or be \`data:\` addresses, and a content security policy of the page must allow them in \`connect-src\`.
`;

/** docs/reference/docs-api.md */
export function page(): string {
  return [
    INTRODUCTION,
    section('Methods', METHODS),
    section('Methods that the published types do not have', UNTYPED_METHODS),
    section('Events', EVENTS),
    section('Events that the published types do not have', UNTYPED_EVENTS),
    section('Options', CONFIG),
    section('Options of Recto’s own', OWN_CONFIG),
  ].join('\n');
}

function section(title: string, table: Readonly<Record<string, Support>>): string {
  const rows = Object.entries(table)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, support]) => row(name, support));
  return `## ${title}\n\n| name | works | |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function row(name: string, support: Support): string {
  switch (support.is) {
    case 'built':
      return `| \`${name}\` | yes | ${support.note ?? ''} |`;
    case 'moot':
      return `| \`${name}\` | nothing to do | ${support.note} |`;
    case 'missing':
      return `| \`${name}\` | no | ${support.why} ${support.instead} |`;
  }
}
