import type { Config } from '@onlyoffice/doceditor-types';
import type { PlainConfig } from '../shared/bridge.js';

/** A config that cannot be used: one sentence on what is wrong, one on what to do. */
export interface ConfigProblem {
  path: string;
  message: string;
  hint: string;
}

export type Checked =
  | { ok: true; config: PlainConfig; listeners: string[]; warnings: string[] }
  | { ok: false; problem: ConfigProblem };

type Fields = Record<string, unknown>;

const EXTENSION: Readonly<Record<string, string>> = { word: 'docx', cell: 'xlsx', slide: 'pptx' };

/**
 * Checks a config as the Docs API does before it starts the editor, and brings it into the form that is
 * sent on. The integrator's own object is not changed.
 */
export function checkConfig(config: unknown, randomKey: () => string): Checked {
  if (!isFields(config)) {
    return fail('config', 'The config is not an object.', 'Pass the config as second argument.');
  }
  let plain: Fields;
  const listeners: string[] = [];
  try {
    const { events, ...rest } = config;
    if (isFields(events)) {
      for (const [name, listener] of Object.entries(events)) {
        if (typeof listener === 'function') listeners.push(name);
      }
    }
    // The way that it goes to the iframe and to the server: anything that is not data is lost here.
    plain = JSON.parse(JSON.stringify(rest)) as Fields;
  } catch {
    return fail(
      'config',
      'The config cannot be turned into JSON.',
      'Remove members that refer back to the config, such as DOM elements.',
    );
  }
  const document = plain.document;
  if (!isFields(document)) {
    return fail(
      'document',
      'The config has no document.',
      'Add the member document with url, key, title and fileType.',
    );
  }
  const warnings: string[] = [];

  if (typeof document.url !== 'string' || document.url === '') {
    return fail(
      'document.url',
      document.url === undefined || document.url === ''
        ? 'The config has no document.url.'
        : 'document.url is not a string.',
      'Set document.url to the address from which the document server can fetch the file.',
    );
  }
  if (document.key === undefined || document.key === '') {
    document.key = randomKey();
    warnings.push('document.key is missing: nobody else can join this document.');
  } else if (typeof document.key !== 'string') {
    return fail(
      'document.key',
      `document.key is not a string but a ${typeof document.key}.`,
      'Write the key in quotes, for example String(id).',
    );
  }
  if (document.fileType !== undefined && typeof document.fileType !== 'string') {
    return fail(
      'document.fileType',
      'document.fileType is not a string.',
      'Set it to the extension of the file without a dot, such as "docx".',
    );
  }
  const kind = plain.documentType;
  if (!document.fileType) {
    const inferred = typeof kind === 'string' ? EXTENSION[kind] : undefined;
    if (inferred === undefined) {
      return fail(
        'document.fileType',
        'The config has neither document.fileType nor a known documentType.',
        'Set document.fileType to the extension of the file, such as "docx".',
      );
    }
    document.fileType = inferred;
  } else {
    document.fileType = document.fileType.toLowerCase();
  }
  if (document.title === undefined || document.title === '') {
    document.title = `Unnamed.${String(document.fileType)}`;
  }
  const { editorConfig } = plain;
  if (isFields(editorConfig) && isFields(editorConfig.user)) {
    if (typeof editorConfig.user.id === 'number') {
      editorConfig.user.id = String(editorConfig.user.id);
      warnings.push('editorConfig.user.id is a number: it is used as a string.');
    }
  }
  return { ok: true, config: plain, listeners, warnings };
}

export function listenersOf(config: unknown): NonNullable<Config['events']> {
  const events = isFields(config) ? config.events : undefined;
  return isFields(events) ? events : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(path: string, message: string, hint: string): Checked {
  return { ok: false, problem: { path, message, hint } };
}
