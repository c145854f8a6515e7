/** Where the plot area lies inside a chart; the cursor and the marks are laid over it without redrawing it. */
export const PLOT = { left: 46, right: 10, top: 10, bottom: 24 } as const;

export function plotX(value: number, [low, high]: readonly [number, number], width: number): number {
  return PLOT.left + ((value - low) / (high - low)) * (width - PLOT.left - PLOT.right);
}

/** Where a value lies below the top of a chart with an even axis. */
export function plotY(value: number, [low, high]: readonly [number, number], height: number): number {
  return PLOT.top + ((high - value) / (high - low)) * (height - PLOT.top - PLOT.bottom);
}

export function valueAt(pixel: number, [low, high]: readonly [number, number], width: number): number {
  const share = (pixel - PLOT.left) / (width - PLOT.left - PLOT.right);
  return low + Math.min(1, Math.max(0, share)) * (high - low);
}

export const colourOf = (colour: number) => (colour < 0 ? 'var(--run-recorded)' : `var(--run-${colour})`);
