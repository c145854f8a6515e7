import { describe, expect, it } from 'vitest';
import { DivergenceDetector } from './divergence';

/** The first step at which a detector that sees these losses says so, −1 for never. */
function firstAlarm(losses: number[], norm = 1): number {
  const detector = new DivergenceDetector();
  return losses.findIndex((loss) => detector.see(loss, norm));
}

describe('divergence', () => {
  it('is seen at once in a loss or a gradient that is no number', () => {
    expect(firstAlarm([0.7, NaN])).toBe(1);
    expect(firstAlarm([0.7, Infinity])).toBe(1);
    expect(firstAlarm([0.7], NaN)).toBe(0);
  });

  it('is not seen in a noisy run that learns, nor in a single spike', () => {
    expect(firstAlarm(Array.from({ length: 300 }, (_, step) => 0.7 * Math.exp(-step / 80) * (1 + 0.5 * Math.sin(step * 7))))).toBe(-1);
    expect(firstAlarm([...Array.from({ length: 20 }, () => 0.7), 60, ...Array.from({ length: 20 }, () => 0.7)])).toBe(-1);
  });

  it('is seen in a loss thrown about far above where it began, even if some batches come out right', () => {
    const alarm = firstAlarm([0.69, 0.7, ...Array.from({ length: 40 }, (_, step) => (step % 2 ? 0 : 300))]);
    expect(alarm).toBeGreaterThan(1);
    expect(alarm).toBeLessThan(12);
  });
});
