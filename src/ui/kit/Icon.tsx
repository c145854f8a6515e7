/** Line icons on a 16-unit grid, in the colour of the text around them. */
const PATHS = {
  play: 'M4.5 2.8v10.4l8.6-5.2z',
  pause: 'M4 3h2.6v10H4zM9.4 3H12v10H9.4z',
  step: 'M3.5 3v10l6.5-5zM11 3h1.8v10H11z',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.8h2.8',
  die: 'M3 3h10v10H3zM6 6h.01M10 10h.01M10 6h.01M6 10h.01',
  share: 'M6.5 9.5l3-3M7 4.8l1.4-1.4a3 3 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.4 1.4a3 3 0 0 1-4.2-4.2L4.8 7',
  download: 'M8 2.5v7.2M4.8 7L8 10.2 11.2 7M3 13h10',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3 5.3 5.3 0 1 0 13 9.6z',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3.5v9M3.5 8h9',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6',
  hidden: 'M2 8s2.4 3.6 6 3.6S14 8 14 8M4 10.4l-1 1.4M8 11.6v1.8M12 10.4l1 1.4',
  pin: 'M6 2.5h4l-.5 4 2 2.2h-7l2-2.2zM8 8.8v4.7',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 3.5v9',
} as const;

export type IconName = keyof typeof PATHS;
const SOLID: ReadonlySet<IconName> = new Set(['play', 'pause', 'step']);

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const solid = SOLID.has(name);
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" fill={solid ? 'currentColor' : 'none'} stroke={solid ? 'none' : 'currentColor'} strokeWidth={1.4} strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
