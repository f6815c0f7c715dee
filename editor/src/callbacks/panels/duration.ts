import { language } from '../../shared/language.js';
import { translate } from '../i18n/index.js';

/** Milliseconds, or seconds from one on. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return translate('milliseconds', { time: milliseconds });
  const seconds = new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 });
  return translate('seconds', { time: seconds.format(milliseconds / 1000) });
}
