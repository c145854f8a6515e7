/** How fast a run goes where it could go faster. A GPU ends the default run in a second or two, too fast to see anything happen. */

/** A run in about ten seconds, steps a second, or as fast as it goes. */
export type Pace = 'calm' | number | 'full';

export const PACES: readonly Pace[] = ['calm', 1, 5, 20, 'full'];

/** Seconds of a whole run at the calm pace. */
const CALM_SECONDS = 10;
/** A short run needs no ten seconds to be followed. */
const CALM_LEAST = 10;

/** Steps a second that a run of so many steps takes at most; undefined for as many as it can. */
export function stepsPerSecond(pace: Pace, steps: number): number | undefined {
  if (pace === 'calm') return Math.max(CALM_LEAST, steps / CALM_SECONDS);
  return pace === 'full' ? undefined : pace;
}
