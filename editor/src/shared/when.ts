import type { Language } from './language.js';

const UNITS = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A time in Unix seconds as a date in UTC, and as a distance from now. */
export function whenWords(
  at: number,
  now: number,
  language: Language,
): { date: string; distance: string } {
  const tag = language === 'fr' ? 'fr' : 'en-GB';
  const date = new Intl.DateTimeFormat(tag, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  }).format(at * 1000);
  const seconds = Math.round(at - now);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  return { date: `${date} UTC`, distance: relative.format(Math.trunc(seconds / length), unit) };
}
