import { signal } from '@preact/signals';

export type Language = 'en' | 'fr';
export type Parameters = Readonly<Record<string, string | number>>;

/** The language of the page. */
export const language = signal<Language>('en');

/** The language for a tag such as `fr-CA`; English for those that have no catalogue. */
export function languageFor(tag: unknown): Language {
  return typeof tag === 'string' && /^fr\b/i.test(tag) ? 'fr' : 'en';
}

/** The first of the reader's languages that there is. */
export function languageOf(tags: readonly string[]): Language {
  return languageFor(tags.find((tag) => /^(en|fr)\b/i.test(tag)));
}

const rules: Readonly<Record<Language, Intl.PluralRules>> = {
  en: new Intl.PluralRules('en'),
  fr: new Intl.PluralRules('fr'),
};

/**
 * A text with its holes filled. `{count}` is a value; `{count:one=change|other=changes}` is the form that
 * the language has for that number, by the categories of `Intl.PluralRules`. A number with such a form is
 * written as the language writes numbers.
 */
export function fill(text: string, parameters: Parameters, written: Language): string {
  return text.replace(/\{(\w+)(?::([^}]*))?\}/g, (hole, name: string, forms?: string) => {
    const value = parameters[name];
    if (value === undefined) return hole;
    if (forms !== undefined) return form(forms, rules[written].select(Number(value)));
    const counted = typeof value === 'number' && text.includes(`{${name}:`);
    return counted ? value.toLocaleString(written) : String(value);
  });
}

function form(forms: string, category: Intl.LDMLPluralRule): string {
  const all = new Map(forms.split('|').map((one) => one.split('=', 2) as [string, string]));
  return all.get(category) ?? all.get('other') ?? '';
}
