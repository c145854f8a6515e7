/** Courses of the learning rate over a run, as transformers' `get_scheduler` has them: with a warm-up the first step has rate 0. */
export const SCHEDULES = ['constant', 'linear', 'cosine'] as const;
export type Schedule = (typeof SCHEDULES)[number];

/**
 * After a warm-up that rises in a line: `constant` stays (transformers' `constant_with_warmup`), `linear` falls to 0 in a line, `cosine` in half a wave.
 * @param step counted from 0
 * @returns the factor that the peak rate is multiplied by
 */
export function scheduleFactor(schedule: Schedule, step: number, warmup: number, total: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  if (schedule === 'constant') return 1;
  if (schedule === 'linear') return Math.max(0, (total - step) / Math.max(1, total - warmup));
  const progress = (step - warmup) / Math.max(1, total - warmup);
  return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/** Learning rate of a step, from the configuration in force there. */
export const learningRateOf = ({ optimizer: { learningRate, schedule, warmup, steps } }: { optimizer: { learningRate: number; schedule: Schedule; warmup: number; steps: number } }, step: number): number =>
  learningRate * scheduleFactor(schedule, step, warmup, steps);
