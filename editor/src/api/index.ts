import { DocEditor as Implementation } from './doc-editor.js';

/** `DocsAPI.DocEditor`, which ONLYOFFICE's own components call as a function, without `new`. */
export const DocEditor = new Proxy(Implementation, {
  apply: (target, _, [id, config]: ConstructorParameters<typeof Implementation>) =>
    new target(id, config),
});
