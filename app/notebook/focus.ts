/**
 * Moves to a cell: the focus goes to its section, and as much of it as fits comes into view; or, of prose, the heading
 * of the second rank that is asked for, counted from 0.
 */
export function focusCell(id: string, heading?: number): void {
  const section = document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(id)}"]`);
  if (!section) return;
  section.focus({ preventScroll: true });
  const target = (heading === undefined ? undefined : section.querySelectorAll('h2')[heading]) ?? section;
  const whole = target === section && section.offsetHeight < window.innerHeight * 0.8;
  target.scrollIntoView({ block: whole ? 'nearest' : 'start', behavior: calm() ? 'instant' : 'smooth' });
}

function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
