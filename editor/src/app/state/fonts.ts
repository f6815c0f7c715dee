/** A font that a document names and the server does not have. */
export interface MissingFont {
  name: string;
  shownAs: string;
}

type Memory = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'recto.fonts';
/** Fonts that are remembered in a browser. */
const REMEMBERED = 200;

/** Those that were not told of in this browser before; from now on they were. */
export function untold(fonts: readonly MissingFont[], memory: Memory | null): MissingFont[] {
  const told = remembered(memory);
  const fresh = fonts.filter(({ name }) => !told.includes(name));
  if (fresh.length > 0) {
    const names = [...told, ...fresh.map(({ name }) => name)].slice(-REMEMBERED);
    try {
      memory?.setItem(KEY, JSON.stringify(names));
    } catch {
      // Without a memory they are told of again.
    }
  }
  return fresh;
}

function remembered(memory: Memory | null): string[] {
  try {
    const names: unknown = JSON.parse(memory?.getItem(KEY) ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
