import { effect } from '@preact/signals';
import { render } from 'preact';
import { language, languageOf } from '../shared/language.js';
import { translate } from './i18n/index.js';
import { Page } from './page.js';
import { server } from './state/server.js';
import { Board } from './state/board.js';
import './styles/index.css';

const root = document.getElementById('root');
language.value = languageOf(navigator.languages);
effect(() => {
  document.documentElement.lang = language.value;
  document.title = `${translate('title')} – ${translate('appName')}`;
});
if (root !== null) {
  const board = new Board(server);
  board.watch();
  render(<Page board={board} />, root);
}
