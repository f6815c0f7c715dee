export const en = {
  appName: 'Recto',
  title: 'What is wrong with my token?',
  intro:
    'Paste what you have. You see what a document server makes of it, and what to change so that the document opens.',
  languageChoice: 'Language',

  inputLabel: 'What you have',
  inputPlaceholder:
    'A token, a config as JSON, JavaScript, PHP or Blade, a request or a curl line, a line of a log, an environment…',
  example: 'Try an example',
  clear: 'Clear',
  privacy: 'What you paste stays between this page and this server; nothing is stored or logged.',

  purposeLabel: 'The token is for',
  purposeUnknown: 'I don’t know',
  purposeOpen: 'Opening a document',
  purposeCommand: 'The command service',
  purposeConvert: 'The conversion service',
  purposeCallback: 'A callback of the document server',
  purposeDownload: 'A download by the document server',
  purposeMethod: 'Another method of the editor',

  secretsLabel: 'Secrets that the server may have',
  secretsHint: 'Optional. With a secret, the signature is checked too.',
  secretNumber: 'Secret {number}',
  secretShow: 'Show secret {number}',
  secretHide: 'Hide secret {number}',
  secretRemove: 'Remove secret {number}',
  secretAdd: 'Add a secret',

  findings: 'Findings',
  emptyTitle: 'Findings appear here as you type',
  emptyText: 'Anything that has a token in it, or should have one, helps:',
  emptyToken: 'the token itself, three parts with dots between them',
  emptyConfig: 'the config that the page gets, or the code that makes it',
  emptyRequest: 'a request to the document server, with its answer',
  emptyLog: 'a line of the server’s log or of the browser’s console',
  emptyTogether: 'Several of them together say more than each alone.',

  kind_token: 'Read as a token',
  kind_config: 'Read as an editor’s config',
  kind_snippet: 'Read as code that makes a config',
  kind_request: 'Read as a request',
  kind_answer: 'Read as an answer',
  kind_log: 'Read as lines of a log',
  kind_environment: 'Read as an environment',
  'kind_server-config': 'Read as a server’s configuration',
  kind_unknown: 'Not recognised',

  severity_fatal: 'Fatal',
  severity_silent: 'Silent',
  severity_risk: 'Risk',
  severity_note: 'Note',
  meaning_fatal: 'It is refused, or cannot work.',
  meaning_silent: 'It works, but with a different value from the one that was written.',
  meaning_risk: 'It works, but somebody may misuse it, or it may fail one day.',
  meaning_note: 'Worth knowing.',

  rootCause: 'Fix this first',
  alsoFound: 'Also found',
  fine: 'No fault was found',
  toDo: 'What to do',
  where: 'Where',
  expected: 'Expected',
  found: 'Found',
  symptom: 'ONLYOFFICE shows',
  docs: 'Documentation',
  copy: 'Copy findings',
  copied: 'Copied',

  decoded: 'The token, decoded',
  decodedHint: 'Decoded in your browser, for reading. The signature is left out.',
  header: 'Header',
  payload: 'Payload',
  payloadUnreadable: 'The payload is not text.',
  times: 'Times',

  reading: 'Reading…',
  announce: '{count} {count:one=finding:|other=findings. The first:} {first}',

  failedTitle: 'There is no answer',
  failure_tooLarge:
    'What was pasted is larger than 1 MiB. Paste the part that matters: the token, the config, the request or the line of the log.',
  failure_denied: 'The server no longer lets this page ask. Load the page again.',
  failure_tooMany: 'Too many passwords were wrong. Wait a minute, then load the page again.',
  failure_unreachable:
    'The server cannot be reached. Check that it is running, then change something to ask again.',
  failure_broken:
    'The server could not explain this. Try `recto token explain` on the command line, and report it with an input that contains no secret.',
} as const;

export type MessageKey = keyof typeof en;
