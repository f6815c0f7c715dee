/** Header and payload of a token, decoded for reading. Nothing here judges it; the server does. */

import { layOut, type Piece } from './json.js';

export interface DecodedToken {
  header: readonly Piece[];
  /** Null when the payload is no text. */
  payload: readonly Piece[] | null;
  times: readonly Time[];
}

export interface Time {
  claim: 'exp' | 'nbf' | 'iat';
  /** Unix seconds. */
  at: number;
}

/** What Base64url text, and text that was meant to be it, is made of. */
const WORDS = /[A-Za-z0-9_\-+/=.]+/g;
/** Candidates that are looked at. */
const MOST = 50;
/** Characters of a part that are shown. */
const LONGEST = 20_000;
/** `{"` begins so in Base64. */
const BEGINNING = 'ey';

/** The first token in a text. */
export function findToken(text: string): DecodedToken | null {
  let tried = 0;
  for (const [word] of text.matchAll(WORDS)) {
    const parts = word.split('.');
    for (let at = 0; at + 2 < parts.length; at += 1) {
      const [first = '', second = ''] = parts.slice(at, at + 2);
      for (const header of beginnings(first)) {
        tried += 1;
        if (tried > MOST) return null;
        const decoded = decode(header, second);
        if (decoded !== null) return decoded;
      }
    }
  }
  return null;
}

/** The ends of a text that may be a header: other text may stand before it, as in `?token=ey…`. */
function beginnings(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  while (found.length < 8) {
    const at = text.indexOf(BEGINNING, from);
    if (at < 0) break;
    const before = text[at - 1];
    if (before === undefined || before === '=' || before === '/' || before === '+') {
      found.push(text.slice(at));
    }
    from = at + BEGINNING.length;
  }
  return found;
}

function decode(header: string, payload: string): DecodedToken | null {
  const headerText = fromBase64Url(header);
  const headerPieces = headerText === null ? null : layOut(headerText);
  if (headerPieces?.[0]?.text !== '{') return null;
  const text = fromBase64Url(payload);
  return {
    header: cut(headerPieces),
    payload: text === null ? null : cut(layOut(text) ?? [{ kind: 'plain', text }]),
    times: text === null ? [] : times(text),
  };
}

function fromBase64Url(text: string): string | null {
  const usual = text.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  try {
    const bytes = Uint8Array.from(atob(usual), (character) => character.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function times(json: string): Time[] {
  let payload: unknown;
  try {
    payload = JSON.parse(json);
  } catch {
    return [];
  }
  if (typeof payload !== 'object' || payload === null) return [];
  const found: Time[] = [];
  for (const claim of ['iat', 'nbf', 'exp'] as const) {
    const at = (payload as Record<string, unknown>)[claim];
    // Beyond these years a date has no text.
    if (typeof at === 'number' && Math.abs(at) < 8.64e12) found.push({ claim, at });
  }
  return found;
}

function cut(pieces: readonly Piece[]): Piece[] {
  const kept: Piece[] = [];
  let room = LONGEST;
  for (const piece of pieces) {
    if (piece.text.length > room) {
      kept.push({ kind: piece.kind, text: `${piece.text.slice(0, room)}…` });
      break;
    }
    kept.push(piece);
    room -= piece.text.length;
  }
  return kept;
}
