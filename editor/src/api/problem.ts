import type { ConfigProblem } from './validate.js';

/** Stands in the editor's place when there is no config to start it with. */
export function showProblem(
  problem: ConfigProblem,
  size: { width: string; height: string },
): HTMLElement {
  const panel = document.createElement('div');
  panel.setAttribute('role', 'alert');
  panel.dataset.rectoProblem = problem.path;
  Object.assign(panel.style, {
    boxSizing: 'border-box',
    width: /^\d+$/.test(size.width) ? `${size.width}px` : size.width,
    minHeight: '160px',
    padding: '24px',
    border: '1px solid #d9d4ca',
    borderRadius: '8px',
    background: '#faf8f4',
    color: '#2b2a28',
    font: '15px/1.5 system-ui, sans-serif',
  });
  const line = (tag: 'h2' | 'p', text: string, style: Partial<CSSStyleDeclaration>): void => {
    const element = document.createElement(tag);
    element.textContent = text;
    Object.assign(element.style, { margin: '0 0 8px', ...style });
    panel.append(element);
  };
  line('h2', 'The editor cannot start', { fontSize: '18px', fontWeight: '600' });
  line('p', problem.message, {});
  line('p', problem.hint, { color: '#6b675f' });
  line('p', problem.path, { fontFamily: 'ui-monospace, monospace', fontSize: '13px' });
  return panel;
}
