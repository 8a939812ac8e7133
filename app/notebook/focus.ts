/** Moving to a cell: the focus goes to its section, and as much of it as fits comes into view. */

export function focusCell(id: string): void {
  const section = document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(id)}"]`);
  if (!section) return;
  section.focus({ preventScroll: true });
  const fits = section.offsetHeight < window.innerHeight * 0.8;
  section.scrollIntoView({ block: fits ? 'nearest' : 'start', behavior: calm() ? 'instant' : 'smooth' });
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
