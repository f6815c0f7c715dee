import { expect } from 'vitest';

/** Checks that two languages have the same sentences, none of them empty, with the same holes. */
export function expectSameWords(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): void {
  const holes = (text: string | undefined) =>
    [...(text ?? '').matchAll(/\{\w+\}/g)].map(String).sort();
  expect(Object.keys(other).sort()).toEqual(Object.keys(one).sort());
  for (const [key, text] of Object.entries(one)) {
    expect(other[key]?.trim()).not.toBe('');
    expect([key, holes(other[key])]).toEqual([key, holes(text)]);
  }
}
