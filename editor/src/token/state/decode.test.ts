import { describe, expect, it } from 'vitest';
import { findToken } from './decode.js';
import { layOut, type Piece } from './json.js';
import { EXAMPLE } from './workbench.js';

const encode = (text: string) => Buffer.from(text).toString('base64url');
const HEADER = '{"alg":"HS256"}';
const SIGNATURE = 'c2lnbmF0dXJlLW9mLWEtdG9rZW4';
const token = (payload: string, header = HEADER) =>
  `${encode(header)}.${encode(payload)}.${SIGNATURE}`;

const text = (pieces: readonly Piece[] | null | undefined) =>
  pieces?.map((piece) => piece.text).join('');

describe('a token in a text', () => {
  it('is found wherever it stands', () => {
    const jwt = token('{"a":1}');
    for (const around of [
      jwt,
      `  ${jwt}\n`,
      `{"token":"${jwt}"}`,
      `Authorization: Bearer ${jwt}`,
      `https://docs.example/x?token=${jwt}&y=1`,
      `https://docs.example/files/${jwt}`,
      `an.ey.ordinary.text, then ${jwt}.`,
    ]) {
      expect([around, text(findToken(around)?.payload)]).toEqual([around, '{\n  "a": 1\n}']);
    }
  });

  it('is shown without its signature', () => {
    const decoded = findToken(EXAMPLE);
    expect(text(decoded?.header)).toBe('{\n  "alg": "HS256",\n  "typ": "JWT"\n}');
    expect(text(decoded?.payload)).toBe('{}');
    expect(JSON.stringify(findToken(token('{"a":1}')))).not.toContain(SIGNATURE);
  });

  it('is none where there is none', () => {
    for (const none of ['', 'hello', 'a.b.c', '1.2.3', 'eyJ.eyJ.eyJ', 'www.eyes.example', '...']) {
      expect([none, findToken(none)]).toEqual([none, null]);
    }
  });

  it('is read in any alphabet and encoding of its letters', () => {
    const payload = '{"name":"Éléonore ??>>"}';
    const usual = Buffer.from(payload).toString('base64');
    expect(text(findToken(`${encode(HEADER)}.${usual}.x`)?.payload)).toContain('Éléonore ??>>');
  });

  it('is shown as far as it can be read', () => {
    expect(text(findToken(token('"twice"'))?.payload)).toBe('"twice"');
    expect(text(findToken(token('no JSON'))?.payload)).toBe('no JSON');
    expect(findToken(`${encode(HEADER)}.gYGB.x`)?.payload).toBeNull();
    expect(text(findToken(token(`"${'x'.repeat(50_000)}"`))?.payload)).toHaveLength(20_001);
  });

  it('has its times', () => {
    expect(findToken(token('{"exp":1800000000,"iat":1.5,"nbf":"1"}'))?.times).toEqual([
      { claim: 'iat', at: 1.5 },
      { claim: 'exp', at: 1_800_000_000 },
    ]);
    expect(findToken(token('{"exp":1e300}'))?.times).toEqual([]);
  });

  it('is looked for in long texts too', () => {
    // A search that grew with the square of the length would not end.
    for (const part of ['ey', 'ey.', '/ey', '=ey', '.']) {
      expect(findToken(part.repeat(400_000))).toBeNull();
    }
  });
});

describe('JSON', () => {
  it('is broken into lines', () => {
    expect(text(layOut('{"a":[1,{"b":"c, {d}"}],"e":[],"f":{}}'))).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": "c, {d}"\n    }\n  ],\n  "e": [],\n  "f": {}\n}',
    );
  });

  it('keeps what a parser would change', () => {
    const shown = text(layOut('{"b":1,"1":2,"b":12345678901234567890,"c":1.0,"d":"\\u0041\\""}'));
    expect(shown?.replace(/\s/g, '')).toBe(
      '{"b":1,"1":2,"b":12345678901234567890,"c":1.0,"d":"\\u0041\\""}',
    );
  });

  it('knows keys from texts', () => {
    expect(layOut('{"a":"b","c":null}')?.filter((piece) => piece.kind !== 'plain')).toEqual([
      { kind: 'key', text: '"a"' },
      { kind: 'string', text: '"b"' },
      { kind: 'key', text: '"c"' },
      { kind: 'literal', text: 'null' },
    ]);
  });

  it('is not what is broken', () => {
    for (const broken of ['', '{', '{a:1}', "{'a':1}", '{} {}']) expect(layOut(broken)).toBeNull();
  });

  it('may be nested deeply', () => {
    const deep = '['.repeat(2000) + ']'.repeat(2000);
    expect(text(layOut(deep))?.replace(/\s/g, '')).toBe(deep);
  });
});
