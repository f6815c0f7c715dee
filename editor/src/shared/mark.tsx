/** Recto's mark: the right-hand page of an open book. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path class="mark__verso" d="M3 5.2 11 3v18l-8-2.2z" />
      <path class="mark__recto" d="M12.5 3h8.5v18h-8.5z" />
      <path class="mark__lines" d="M15 8h3.6M15 11.5h3.6M15 15h2.2" />
    </svg>
  );
}
