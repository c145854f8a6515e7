/** A run from elsewhere, as a file holds it: short and plainly overfitting. */
import type { RunRecord } from '../../src/protocol/run';
import { DEFAULT_CONFIG } from '../../src/config/config';

const STEPS = 40;
const steps = Array.from({ length: STEPS }, (_, step) => step);
const scores = (loss: number) => ({ loss, metric: 0.7 });

export function recordedRun(part: Partial<RunRecord> = {}): RunRecord {
  return {
    format: 'lora-dropout-run', version: 1, id: 'from-elsewhere', name: 'From elsewhere', createdAt: '2026-01-01T12:00:00.000Z', device: 'a borrowed GPU, gpu',
    config: DEFAULT_CONFIG, changes: [],
    points: {
      step: steps, crossEntropy: steps.map((step) => 0.7 - step / 80), consistency: steps.map(() => 0), gradientNorm: steps.map(() => 1),
      learningRate: steps.map(() => 0.005), seconds: steps.map((step) => step / 10),
    },
    evaluations: [[0, 0.7, 0.7], [10, 0.5, 0.5], [20, 0.55, 0.3], [40, 0.8, 0.1]].map(([step, heldOut, train]) => ({ step, heldOut: scores(heldOut), train: scores(train), seconds: step / 10 })),
    ...part,
  };
}
