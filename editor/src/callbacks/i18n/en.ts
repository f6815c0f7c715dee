export const en = {
  appName: 'Recto',
  title: 'The last callbacks',
  intro:
    'What this server told your application about its documents, and what the application answered. The newest comes first.',
  languageChoice: 'Language',

  filterLabel: 'Document key',
  filterPlaceholder: 'All documents',
  failuresOnly: 'Failures only',
  refresh: 'Refresh',
  refreshed: 'Refreshed at {time}',
  live: 'The list updates itself every five seconds.',
  kept: 'The last {perDocument} of each document and {inAll} in all are kept until the server restarts.',

  list: 'Callbacks',
  emptyTitle: 'No callback yet',
  emptyText:
    'As soon as somebody opens a document whose config has a callbackUrl, it appears here.',
  emptyFiltered: 'No callback matches',

  status_1: 'Being edited',
  status_2: 'Ready to be saved',
  status_3: 'Saving failed',
  status_4: 'Closed without changes',
  status_6: 'Saved while edited',
  status_7: 'Forced save failed',
  status_other: 'Status {status}',

  taken: 'Taken',
  failed: 'Failed',
  attempt: 'Attempt {attempt}',
  replayed: 'Sent again by hand',
  milliseconds: '{time} ms',
  seconds: '{time} s',

  toDo: 'What to do',
  code: 'Code',
  tenant: 'Tenant',
  key: 'Document key',
  address: 'Sent to',
  when: 'When',
  took: 'Took',
  requests: 'Requests, one for each secret',
  replayOf: 'Repeats',
  answer: 'Answer',
  answerNone: 'There was none.',
  answerEmpty: 'The body is empty.',
  answerStatus: 'Status {status}',
  answerCut: 'Only the beginning is kept.',
  fields: 'Callback',
  fieldsHint: 'Without its token, and without queries of addresses.',

  replay: 'Send again',
  replaying: 'Sending…',
  replayConfirm:
    'The application will store this file again, over a newer one if it has one. Send it anyway?',
  replayYes: 'Yes, send it',
  replayNo: 'Cancel',
  replayTooLarge: 'It was too large to be kept, so it cannot be sent again.',
  replayTaken: 'The application took it.',
  replayFailed: 'The application did not take it.',

  failedTitle: 'There is no answer',
  failure_denied: 'The server no longer lets this page ask. Load the page again.',
  failure_tooMany: 'Too many passwords were wrong. Wait a minute, then load the page again.',
  failure_unreachable:
    'The server cannot be reached. Check that it is running; the list updates itself.',
  failure_broken: 'The server could not answer. See its log.',
  failure_unknown: 'This callback is no longer kept. Refresh the list.',
  failure_gone:
    'The file that this callback names is no longer kept. Save the document again, with the command forcesave or by editing it.',
  failure_busy: 'Other callbacks are being sent again. Try again when they are answered.',
} as const;

export type MessageKey = keyof typeof en;
