import { language, type Language } from '../shared/language.js';
import { Mark } from '../shared/mark.js';
import { translate } from './i18n/index.js';
import { Findings } from './panels/findings.js';
import { InputPane } from './panels/input.js';
import type { Workbench } from './state/workbench.js';

const LANGUAGES: readonly [Language, string][] = [
  ['en', 'English'],
  ['fr', 'Français'],
];

/** The whole page: what was pasted, and what was found in it. */
export function Page({ bench }: { bench: Workbench }) {
  return (
    <div class="token-page">
      <header class="top">
        <div class="top__brand">
          <Mark size={26} />
          <span>{translate('appName')}</span>
        </div>
        <div class="languages" role="group" aria-label={translate('languageChoice')}>
          {LANGUAGES.map(([tag, name]) => (
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
              {name}
            </button>
          ))}
        </div>
      </header>
      <main class="panes">
        <div class="pane pane--input">
          <div class="intro">
            <h1>{translate('title')}</h1>
            <p>{translate('intro')}</p>
          </div>
          <InputPane bench={bench} />
        </div>
        <Findings bench={bench} />
      </main>
    </div>
  );
}
