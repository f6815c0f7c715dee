import { Top } from '../shared/top.js';
import { translate } from './i18n/index.js';
import { Findings } from './panels/findings.js';
import { InputPane } from './panels/input.js';
import type { Workbench } from './state/workbench.js';

/** The whole page: what was pasted, and what was found in it. */
export function Page({ bench }: { bench: Workbench }) {
  return (
    <div class="token-page">
      <Top name={translate('appName')} choice={translate('languageChoice')} />
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
