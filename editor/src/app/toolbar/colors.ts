/** Colours offered by the pickers: greys, then hues from dark to light. */
export const PALETTE = [
  '#000000',
  '#434343',
  '#666666',
  '#999999',
  '#b7b7b7',
  '#d9d9d9',
  '#f3f3f3',
  '#ffffff',
  '#7f1d1d',
  '#7c2d12',
  '#713f12',
  '#14532d',
  '#134e4a',
  '#1e3a8a',
  '#4c1d95',
  '#831843',
  '#dc2626',
  '#ea580c',
  '#ca8a04',
  '#16a34a',
  '#0d9488',
  '#2563eb',
  '#7c3aed',
  '#db2777',
  '#fca5a5',
  '#fdba74',
  '#fde047',
  '#86efac',
  '#5eead4',
  '#93c5fd',
  '#c4b5fd',
  '#f9a8d4',
] as const;

export const PALETTE_COLUMNS = 8;

/** The engine's number for "automatic" or "none". */
export const NO_COLOR = -1;

export function colorNumber(hex: string): number {
  return Number.parseInt(hex.slice(1), 16);
}

/** `#rrggbb` for an engine state; undefined for automatic and for several colours at once. */
export function colorFromState(state: string): string | undefined {
  const value = Number(state);
  if (state === '' || !Number.isInteger(value) || value < 0) return undefined;
  return `#${(value & 0xffffff).toString(16).padStart(6, '0')}`;
}
