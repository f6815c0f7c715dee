import { describe, expect, it } from 'vitest';
import { parentOrigin } from './bridge.js';

describe('origin of the page around the editor', () => {
  it.each([
    ['?parentOrigin=https%3A%2F%2Fapp.test', 'https://app.test'],
    ['?parentOrigin=http%3A%2F%2F127.0.0.1%3A8081', 'http://127.0.0.1:8081'],
    ['', null],
    ['?parentOrigin=*', null],
    ['?parentOrigin=null', null],
    ['?parentOrigin=https%3A%2F%2Fapp.test%2Fpath', null],
    ['?parentOrigin=javascript%3Aalert(1)', null],
  ])('%s', (search, expected) => expect(parentOrigin(search)).toBe(expected));
});
