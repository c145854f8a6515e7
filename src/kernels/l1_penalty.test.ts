import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { AdamW, clipFactor, gradientNorm } from '../reference/optimizer';
import { matrix } from '../reference/autograd';
import { emitAdamw } from './adamw';
import { emitGradientNorm } from './gradient_norm';
import { emitL1Penalty } from './l1_penalty';
import './testing/matcher';
import { execute } from './testing/execute';
import { normals, spiky } from './testing/numbers';
import { type Launch, launchName, PLAIN_LAUNCHES } from './testing/page';

/** The gradients after the penalty on the first `count` elements. */
async function penalise(values: Float32Array, gradients: Float32Array, count: number, l1: number, launch?: Launch): Promise<Float32Array> {
  const tape = new Tape();
  const arena = { values: tape.shared('values', [values.length]), gradients: tape.shared('gradients', [values.length]) };
  const { shared } = await execute({ tape, values: new Map([['values', values], ['gradients', gradients]]), step: { l1 }, finish: (emit) => emitL1Penalty(emit, arena, count) }, launch);
  return shared.get('gradients')!;
}

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('l1_penalty, %s', (_, launch) => {
  it.each([1, 3, 64, 65, 1000])('adds the slope of λ·Σ|w| at %d elements', async (count) => {
    const l1 = 0.25; // a number that float32 has
    const values = spiky(count, 1);
    const gradients = normals(count, 2);
    const penalty = (weights: Float64Array) => l1 * weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
    const base = Float64Array.from(values);
    const slope = (index: number) => {
      // Half of the way to the kink, so that the difference does not reach over it.
      const move = Math.abs(base[index]) / 2;
      const at = (by: number) => penalty(base.map((weight, i) => (i === index ? weight + by : weight)));
      return (at(move) - at(-move)) / (2 * move);
    };
    expect(await penalise(values, gradients, count, l1, launch)).toBeNear(Float64Array.from(gradients, (gradient, i) => gradient + slope(i)), 1e-7); // one sum
  });

  it('leaves zeros, padding and everything behind the penalised tensors as it is', async () => {
    const values = Float32Array.of(2, 0, -3, 0, 0, 5, -5);
    const gradients = Float32Array.of(1, 1, 1, 0, 0, 1, 1);
    expect([...(await penalise(values, gradients, 5, 0.25, launch))]).toEqual([1.25, 1, 0.75, 0, 0, 1, 1]);
  });

  it('changes no bit at a weight of 0', async () => {
    const gradients = spiky(70, 3);
    expect(await penalise(normals(70, 4), gradients, 70, 0, launch)).toBeBitEqual(gradients);
  });
});

it('comes before clipping and AdamW', async () => {
  const [count, penalised, l1, clip, learningRate, weightDecay] = [130, 100, 0.5, 0.8, 0.01, 0.1];
  const start = normals(count, 5);
  const gradients = normals(count, 6, 0.1);
  const tape = new Tape();
  const shared = (label: string) => tape.shared(label, [count]);
  const arena = { values: shared('values'), gradients: shared('gradients'), first: shared('first'), second: shared('second'), groups: shared('groups') };
  const norm = tape.shared('norm', [2]);
  const values = new Map(Object.entries({ values: start, gradients, first: new Float32Array(count), second: new Float32Array(count), groups: new Float32Array(count).fill(1) }));
  const ran = await execute({
    tape, values, step: { l1, clip, learningRate, weightDecay },
    finish: (emit) => {
      emitL1Penalty(emit, arena, penalised);
      emitGradientNorm(emit, arena.gradients, norm);
      emitAdamw(emit, arena, norm);
    },
  });
  const weights = matrix(1, count, start);
  weights.gradient = Float64Array.from(gradients, (gradient, i) => gradient + (i < penalised ? l1 * Math.sign(start[i]) : 0));
  const length = gradientNorm([weights]);
  new AdamW().update(new Map([['weights', weights]]), learningRate, weightDecay, clipFactor(length, clip));
  expect(ran.shared.get('norm')!).toBeNear([length, clipFactor(length, clip)], 1e-6);
  expect(ran.shared.get('values')!).toBeNear(weights.values, 1e-6);
});
