import { Ellipsis } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Integration } from '../integration/integration.js';
import type { DocumentKind } from '../live/protocol.js';
import type { Editor } from '../state/editor.js';
import { groupsFor } from './groups.js';
import { Popover } from './popover.js';

const MORE_WIDTH = 48;
/** Left and right padding of the bar. */
const PADDING = 16;

/** The tools; those that don't fit are behind a button at the end. */
export function Toolbar(props: { editor: Editor; kind: DocumentKind; host: Integration }) {
  const { editor, kind, host } = props;
  const bar = useRef<HTMLDivElement>(null);
  const widths = useRef<number[]>([]);
  const groups = groupsFor(editor, kind, host);
  // All of them are laid out once to be measured.
  const [fitting, setFitting] = useState(groups.length);

  useLayoutEffect(() => {
    const element = bar.current;
    if (element === null) return undefined;
    widths.current = Array.from(element.querySelectorAll<HTMLElement>('.toolbar__group')).map(
      (group) => group.offsetWidth,
    );
    const fit = (): void =>
      setFitting(howManyFit(widths.current, element.clientWidth - PADDING, MORE_WIDTH));
    const resized = new ResizeObserver(fit);
    resized.observe(element);
    fit();
    return () => resized.disconnect();
  }, [kind]);

  // One stop for the Tab key; arrows move between the tools.
  useEffect(() => {
    const tools = toolsOf(bar.current);
    const current = tools.find((tool) => tool.tabIndex === 0 && !isDisabled(tool));
    for (const tool of tools) tool.tabIndex = -1;
    const stop = current ?? tools.find((tool) => !isDisabled(tool));
    if (stop !== undefined) stop.tabIndex = 0;
  });

  const keydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      editor.focusDocument();
      return;
    }
    const target = event.target as HTMLElement;
    if (target.closest('.panel') !== null) return;
    const tools = toolsOf(bar.current).filter((tool) => !isDisabled(tool));
    const at = tools.indexOf(target);
    const last = tools.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    const next = to === undefined ? undefined : tools[to];
    if (next === undefined) return;
    event.preventDefault();
    for (const tool of tools) tool.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };

  const hidden = groups.slice(fitting);
  return (
    <div
      class="toolbar"
      role="toolbar"
      aria-label={translate('toolbar')}
      data-testid="toolbar"
      ref={bar}
      onKeyDown={keydown}
    >
      {groups.slice(0, fitting).map((group) => (
        <div key={group.id} class="toolbar__group">
          {group.content}
        </div>
      ))}
      {hidden.length > 0 && (
        <div class="toolbar__more">
          <Popover
            label={translate('more')}
            icon={Ellipsis}
            testId="toolbar-more"
            onClose={() => editor.focusDocument()}
            wide
          >
            {() =>
              hidden.map((group) => (
                <div key={group.id} class="toolbar__group">
                  {group.content}
                </div>
              ))
            }
          </Popover>
        </div>
      )}
    </div>
  );
}

/** How many groups of these widths fit into a bar; when not all do, the button for the rest has to as well. */
export function howManyFit(widths: readonly number[], space: number, more: number): number {
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total <= space) return widths.length;
  let used = more;
  let count = 0;
  for (const width of widths) {
    used += width;
    if (used > space) break;
    count += 1;
  }
  return count;
}

function toolsOf(bar: HTMLElement | null): HTMLElement[] {
  return Array.from(bar?.querySelectorAll<HTMLElement>('[data-roving]') ?? []).filter(
    (tool) => tool.closest('.panel') === null,
  );
}

function isDisabled(tool: HTMLElement): boolean {
  return (tool as HTMLButtonElement | HTMLSelectElement).disabled;
}
