/** Solid shapes of the transport buttons, sized by the text beside them; other icons are lucide's. */

export function PlayIcon() {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      <path d="M1 0l8 5-8 5z" />
    </svg>
  );
}

export function PauseIcon() {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">
      <path d="M1 0h3v10H1zM6 0h3v10H6z" />
    </svg>
  );
}
