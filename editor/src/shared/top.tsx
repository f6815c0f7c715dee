import { language, type Language } from './language.js';
import { Mark } from './mark.js';

const LANGUAGES: readonly [Language, string][] = [
  ['en', 'English'],
  ['fr', 'Français'],
];

/** The head of an administrator's page: whose it is, and in which language. */
export function Top({ name, choice }: { name: string; choice: string }) {
  return (
    <header class="top">
      <div class="top__brand">
        <Mark size={26} />
        <span>{name}</span>
      </div>
      <div class="languages" role="group" aria-label={choice}>
        {LANGUAGES.map(([tag, label]) => (
          <button
            key={tag}
            type="button"
            lang={tag}
            class="languages__one"
            aria-pressed={language.value === tag}
            data-testid={`language-${tag}`}
            onClick={() => {
              language.value = tag;
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </header>
  );
}
