import type { Explanation } from './ask.js';

/** The findings as text, for a letter or a ticket. The server has kept secrets and signatures out of them. */
export function asText(explanation: Explanation): string {
  const blocks = explanation.findings.map((finding) => {
    const lines = [`${finding.severity}: ${finding.code}`, `  ${finding.message}`];
    for (const name of ['path', 'expected', 'found'] as const) {
      const value = finding[name];
      if (value !== null) lines.push(`  ${name.padEnd(9)} ${value}`);
    }
    lines.push(`  do        ${finding.hint}`, `  read      ${finding.docs}`);
    return lines.join('\n');
  });
  return `This is ${explanation.kindWords}.\n\n${blocks.join('\n\n')}\n`;
}
