/** The name and its mark: a loop that unrolls into copies. */
export function Brand() {
  return (
    <a className="brand" href="#/" aria-label="Unroll">
      <svg
        viewBox="0 0 34 18"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        aria-hidden
      >
        <circle cx="6" cy="11" r="4" />
        <path d="M10 9c2-7 7-7 8 0" />
        <circle cx="20" cy="11" r="2.6" />
        <path d="M23 9.5c1.5-4 4-4 4.800 0" />
        <circle cx="29" cy="11" r="1.6" />
      </svg>
      <span>Unroll</span>
    </a>
  );
}
