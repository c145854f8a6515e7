/**
 * Linear schedule with warm-up, as transformers' `get_linear_schedule_with_warmup`: the first warm-up step has rate 0.
 * @param step counted from 0
 * @returns the factor that the peak rate is multiplied by
 */
export function linearSchedule(step: number, warmup: number, total: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  return Math.max(0, (total - step) / Math.max(1, total - warmup));
}
