const FIRST_MS = 250;
const LONGEST_MS = 5000;
/** After this long without a connection the user is asked what to do. */
export const GIVE_UP_MS = 10 * 60 * 1000;

/**
 * The pause before attempt number `attempt` (from 0): doubled each time up to five seconds. `random` in
 * [0, 1) takes away up to a quarter, so that many editors don't return in the same instant.
 */
export function pauseBefore(attempt: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return Math.round(full * (1 - random / 4));
}
