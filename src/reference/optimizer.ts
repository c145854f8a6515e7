/** AdamW as PyTorch, clipping by the global norm and the linear schedule with warm-up, in float64. */
import type { Matrix } from './autograd';

/** The rate's share at `step` (from 0): rises over `warmup` steps from 0, then falls to 0 at `total`. */
export function scheduleFactor(step: number, warmup: number, total: number): number {
  if (step < warmup) return step / Math.max(1, warmup);
  return Math.max(0, (total - step) / Math.max(1, total - warmup));
}

/** No decay on biases and normalisation weights. */
export const decays = (name: string) => !name.endsWith('bias') && !name.includes('LayerNorm');

/** Euclidean norm of all gradients together. */
export function gradientNorm(parameters: Iterable<Matrix>): number {
  let sum = 0;
  for (const { gradient } of parameters) gradient?.forEach((value) => { sum += value * value; });
  return Math.sqrt(sum);
}

/** min(1, clip/(norm + 1e-6)); 1 without clipping. */
export const clipFactor = (norm: number, clip: number | undefined) => (clip ? Math.min(1, clip / (norm + 1e-6)) : 1);

export class AdamW {
  private readonly moments = new Map<string, { first: Float64Array; second: Float64Array }>();
  private steps = 0;

  /** Moves every parameter by its gradient times `factor`, then forgets the gradients. */
  update(parameters: Map<string, Matrix>, rate: number, decay: number, factor: number): void {
    this.steps++;
    const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    for (const [name, parameter] of parameters) {
      const { values } = parameter;
      const gradient = parameter.gradient ?? new Float64Array(values.length);
      const moments = this.moments.get(name) ?? { first: new Float64Array(values.length), second: new Float64Array(values.length) };
      this.moments.set(name, moments);
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i] * factor;
        moments.first[i] = beta1 * moments.first[i] + (1 - beta1) * slope;
        moments.second[i] = beta2 * moments.second[i] + (1 - beta2) * slope * slope;
        if (decays(name)) values[i] *= 1 - rate * decay;
        values[i] -= (rate * (moments.first[i] / correction1)) / (Math.sqrt(moments.second[i] / correction2) + epsilon);
      }
      parameter.gradient = undefined;
    }
  }
}
