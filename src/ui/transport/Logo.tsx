/** A small attention matrix with one key hatched out. */
export function Logo() {
  return (
    <svg className="logo" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
      <g fill="currentColor">
        {[0, 1, 3].flatMap((column) => [0, 1, 2, 3].map((row) => <rect key={`${column}${row}`} x={1 + column * 6.2} y={1 + row * 6.2} width="5.2" height="5.2" rx="1" opacity={0.35 + 0.65 * (((column * 7 + row * 5) % 4) / 3)} />))}
      </g>
      <path d="M13.6 6.4l4.8-4.8M13.6 12l4.8-4.8M13.6 17.6l4.8-4.8M13.6 23.2l4.8-4.8" stroke="var(--accent)" strokeWidth="1.6" />
    </svg>
  );
}
