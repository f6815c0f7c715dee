import { RotateCw } from 'lucide-preact';
import { translate } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { Editor } from '../state/editor.js';
import { Mark } from '../../shared/mark.js';
import { Notices } from './notices.js';

const STAGES = {
  downloading: 'stageDownloading',
  opening: 'stageOpening',
  recovering: 'stageRecovering',
  delivering: 'stageDelivering',
} as const;

/** What is to be seen until the document is there. */
export function ProgressPanel({ editor, host }: { editor: Editor; host: Integration }) {
  const { loader } = host.options;
  const logo = host.picture(loader.logo);
  const stage = editor.state.stage.value;
  if (editor.state.lost.value) return <LostPanel editor={editor} />;
  return (
    <main class="page">
      <div class="progress" role="status" data-testid="progress">
        {logo === null ? <Mark size={48} /> : <img class="progress__logo" src={logo} alt="" />}
        {loader.name !== null && <p class="progress__name">{loader.name}</p>}
        <p>{translate(stage === null ? 'stageConnecting' : STAGES[stage])}</p>
        <div class="progress__bar" aria-hidden="true">
          <span />
        </div>
      </div>
      <Notices editor={editor} />
    </main>
  );
}

function LostPanel({ editor }: { editor: Editor }) {
  return (
    <main class="page">
      <section class="problem" role="alert">
        <h1 class="problem__title">{translate('connectionLost')}</h1>
        <p class="problem__hint">{translate('connectionLostHint')}</p>
        <button class="button" type="button" onClick={() => editor.retry()}>
          <RotateCw size={16} /> {translate('retry')}
        </button>
      </section>
    </main>
  );
}

export function ClosedPanel() {
  return (
    <main class="page">
      <div class="progress" role="status">
        <Mark size={48} />
        <p>{translate('closedTitle')}</p>
      </div>
    </main>
  );
}
