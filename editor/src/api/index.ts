export { DocEditor } from './doc-editor.js';
