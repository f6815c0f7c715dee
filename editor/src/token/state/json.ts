/** JSON as a person reads it, without a change of what is written. */

export type PieceKind = 'key' | 'string' | 'literal' | 'plain';

export interface Piece {
  kind: PieceKind;
  text: string;
}

const LEXEME = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
/** Deeper levels are not moved further to the right. */
const DEEPEST = 24;

/**
 * Breaks valid JSON into lines. Numbers, duplicate members and their order stay as they are written, which
 * they would not through `JSON.parse`. Null for what is not JSON.
 */
export function layOut(json: string): Piece[] | null {
  try {
    JSON.parse(json);
  } catch {
    return null;
  }
  const lexemes = json.match(LEXEME) ?? [];
  const pieces: Piece[] = [];
  let depth = 0;
  const plain = (text: string): void => void pieces.push({ kind: 'plain', text });
  const newLine = (): void => plain(`\n${'  '.repeat(Math.min(depth, DEEPEST))}`);
  lexemes.forEach((lexeme, at) => {
    const next = lexemes[at + 1];
    switch (lexeme) {
      case '{':
      case '[':
        plain(lexeme);
        depth += 1;
        if (next !== '}' && next !== ']') newLine();
        return;
      case '}':
      case ']': {
        depth -= 1;
        const before = lexemes[at - 1];
        if (before !== '{' && before !== '[') newLine();
        plain(lexeme);
        return;
      }
      case ',':
        plain(',');
        newLine();
        return;
      case ':':
        plain(': ');
        return;
      default: {
        const kind = lexeme.startsWith('"') ? (next === ':' ? 'key' : 'string') : 'literal';
        pieces.push({ kind, text: lexeme });
      }
    }
  });
  return pieces;
}
