import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PanelFrameProps {
  /** Its class, and what the ids of its parts begin with. */
  name: 'history' | 'side';
  testId: string;
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A panel beside the document, or over it where there is little room. It takes the focus. */
export function PanelFrame(props: PanelFrameProps) {
  const { name, title, closeLabel, onClose } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [title]);
  return (
    <aside
      class={name}
      aria-labelledby={`${name}-title`}
      data-testid={props.testId}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="history__header">
        <h2 id={`${name}-title`} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="tool"
          title={closeLabel}
          aria-label={closeLabel}
          data-testid={`${name}-close`}
          onClick={onClose}
        >
          <X size={18} />
        </button>
      </header>
      {props.children}
    </aside>
  );
}
