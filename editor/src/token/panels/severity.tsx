import { EyeOff, Info, OctagonX, TriangleAlert } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Severity } from '../state/ask.js';

const ICONS = { fatal: OctagonX, silent: EyeOff, risk: TriangleAlert, note: Info } as const;

/** How much a finding matters, told by word, shape and colour. */
export function SeverityChip({ severity }: { severity: Severity }) {
  const Icon = ICONS[severity];
  return (
    <span class={`chip chip--${severity}`} title={translate(`meaning_${severity}`)}>
      <Icon size={14} aria-hidden="true" />
      {translate(`severity_${severity}`)}
    </span>
  );
}
