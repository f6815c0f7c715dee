import { Star } from 'lucide-preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { translate } from '../i18n/index.js';
import type { Editor } from '../state/editor.js';
import { nameOf, type Integration } from './integration.js';

/** The file's name; a field while it is being renamed. */
export function Title({ editor, host }: { editor: Editor; host: Integration }) {
  const title = editor.state.document.value?.title ?? '';
  if (host.renaming.value) return <Rename title={title} editor={editor} host={host} />;
  const renamable = host.options.rename && editor.state.editable;
  return (
    <h1 class="header__title" title={title} data-testid="document-title">
      {renamable ? (
        <button
          type="button"
          class="header__rename"
          title={translate('rename')}
          data-testid="rename"
          onClick={() => (host.renaming.value = true)}
        >
          {title}
        </button>
      ) : (
        title
      )}
    </h1>
  );
}

function Rename({ title, editor, host }: { title: string; editor: Editor; host: Integration }) {
  const field = useRef<HTMLInputElement>(null);
  const given = useRef(false);
  useLayoutEffect(() => {
    // After the menu has given the focus back.
    const frame = requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.select();
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <input
      ref={field}
      class="header__field"
      type="text"
      maxLength={120}
      aria-label={translate('renameField')}
      data-testid="rename-field"
      defaultValue={nameOf(title)}
      onFocus={() => (given.current = true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') event.currentTarget.value = '';
        if (event.key !== 'Escape' && event.key !== 'Enter') return;
        // The focus goes to the document, and the key would go with it.
        event.preventDefault();
        host.rename(event.currentTarget.value);
        editor.focusDocument();
      }}
      onBlur={(event) => {
        if (host.renaming.peek() && given.current) host.rename(event.currentTarget.value);
      }}
    />
  );
}

/** The star, where the application has favourites. */
export function Favorite({ host }: { host: Integration }) {
  const on = host.favorite.value;
  if (on === null) return null;
  const label = translate(on ? 'favoriteRemove' : 'favoriteAdd');
  return (
    <button
      type="button"
      class={on ? 'tool tool--on' : 'tool'}
      aria-pressed={on}
      aria-label={label}
      title={label}
      data-testid="favorite"
      onClick={() => host.toggleFavorite()}
    >
      <Star size={16} fill={on ? 'currentColor' : 'none'} />
    </button>
  );
}
