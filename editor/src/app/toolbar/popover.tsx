import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface IconProps {
  size?: number | string;
}

export type Icon = ComponentType<IconProps>;

export interface PopoverProps {
  label: string;
  icon: Icon;
  testId: string;
  disabled?: boolean;
  /** Shown under the icon: the colour last chosen. */
  swatch?: string;
  onOpen?: () => void;
  /** Where the focus goes when the user is done. */
  onClose: () => void;
  /** Menu of a button at the right edge. */
  wide?: boolean;
  children: (close: () => void) => ComponentChildren;
}

const GAP = 6;
const EDGE = 8;

/** A button of the toolbar that opens a small panel. */
export function Popover(props: PopoverProps) {
  const { label, icon: IconOf, testId, disabled = false } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  const close = (): void => {
    setOpen(false);
    props.onClose();
  };

  useLayoutEffect(() => {
    const anchor = button.current?.getBoundingClientRect();
    const element = panel.current;
    if (!open || anchor === undefined || element === null) return;
    const { offsetWidth: width, offsetHeight: height } = element;
    const left = Math.min(anchor.left, window.innerWidth - width - EDGE);
    const below = anchor.bottom + GAP;
    const above = anchor.top - GAP - height;
    const fits = below + height <= window.innerHeight - EDGE || above < EDGE;
    element.style.left = `${Math.max(EDGE, left)}px`;
    element.style.top = `${fits ? below : above}px`;
    // Without anything to act on, the panel itself takes the keys, so that Escape closes it.
    const first = element.querySelector<HTMLElement>('input, select, a, button:not([disabled])');
    (first ?? element).focus();
  }, [open]);

  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      const target = event.target as Node;
      if (panel.current?.contains(target) !== true && button.current?.contains(target) !== true) {
        setOpen(false);
      }
    };
    const moved = (): void => setOpen(false);
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', moved);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', moved);
    };
  }, [open]);

  return (
    <span class="popover">
      <button
        ref={button}
        type="button"
        class="tool"
        data-roving
        data-testid={testId}
        title={label}
        aria-label={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        disabled={disabled}
        onClick={() => {
          if (!open) props.onOpen?.();
          setOpen(!open);
        }}
      >
        <IconOf size={18} />
        {props.swatch !== undefined && (
          <span class="tool__swatch" style={{ background: props.swatch }} />
        )}
      </button>
      {open && (
        <div
          ref={panel}
          class={props.wide === true ? 'panel panel--tools' : 'panel'}
          role="dialog"
          tabIndex={-1}
          aria-label={label}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setOpen(false);
            button.current?.focus();
          }}
        >
          {props.children(close)}
        </div>
      )}
    </span>
  );
}

/** Arrow keys between the buttons of a grid. */
export function moveInGrid(event: KeyboardEvent, columns: number): void {
  const step = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const buttons = Array.from(event.currentTarget.querySelectorAll('button'));
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}
