import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { emitAdamw } from './adamw';
import { emitGradientNorm, emitSquares } from './gradient_norm';
import './testing/matcher';
import { execute } from './testing/execute';
import { normals, spiky } from './testing/numbers';
import { type Launch, launchName, PLAIN_LAUNCHES } from './testing/page';

interface State { values: Float32Array; first: Float32Array; second: Float32Array }
interface Setting { learningRate: number; weightDecay: number; factor: number; groups: Float32Array }

/** One step on the GPU. */
async function update(state: State, gradients: Float32Array, step: number, { learningRate, weightDecay, factor, groups }: Setting, launch?: Launch): Promise<State> {
  const tape = new Tape();
  const shape = [gradients.length];
  const arena = { values: tape.shared('values', shape), gradients: tape.shared('gradients', shape), first: tape.shared('first', shape), second: tape.shared('second', shape), groups: tape.shared('groups', shape) };
  const norm = tape.shared('norm', [2]);
  const values = new Map(Object.entries({ ...state, gradients, groups, norm: Float32Array.of(1, factor) }));
  const { shared } = await execute({ tape, values, step: { step, learningRate, weightDecay }, finish: (emit) => emitAdamw(emit, arena, norm) }, launch);
  return { values: shared.get('values')!, first: shared.get('first')!, second: shared.get('second')! };
}

/** torch.optim.AdamW's documented algorithm, in float64; `rates` and `decays` an element. */
class Reference {
  readonly first: Float64Array;
  readonly second: Float64Array;

  constructor(readonly values: Float64Array) {
    this.first = new Float64Array(values.length);
    this.second = new Float64Array(values.length);
  }

  update(gradients: Float32Array, step: number, { learningRate, weightDecay, factor, groups }: Setting): void {
    const t = step + 1;
    gradients.forEach((raw, i) => {
      const gradient = factor * raw;
      const rate = learningRate * Math.abs(groups[i]);
      if (groups[i] > 0) this.values[i] *= 1 - rate * weightDecay;
      this.first[i] = 0.9 * this.first[i] + 0.1 * gradient;
      this.second[i] = 0.999 * this.second[i] + 0.001 * gradient * gradient;
      const corrected = this.second[i] / (1 - 0.999 ** t);
      this.values[i] -= (rate * (this.first[i] / (1 - 0.9 ** t))) / (Math.sqrt(corrected) + 1e-8);
    });
  }
}

const zeros = (count: number) => new Float32Array(count);

/** Both rate multipliers and both signs: decayed and not. */
const groupsOf = (count: number) => Float32Array.from({ length: count }, (_, i) => [1, -1, 16, -0.5][i % 4]);

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('adamw, %s', (_, launch) => {
  it.each([1, 3, 65, 1000])('%d elements, eight steps', async (count) => {
    const setting: Setting = { learningRate: 0.01, weightDecay: 0.1, factor: 0.7, groups: groupsOf(count) };
    let state: State = { values: normals(count, 1), first: zeros(count), second: zeros(count) };
    const reference = new Reference(Float64Array.from(state.values));
    for (let step = 0; step < 8; step++) {
      const gradients = step % 2 ? spiky(count, 10 + step) : normals(count, 10 + step);
      state = await update(state, gradients, step, setting, launch);
      reference.update(gradients, step, setting);
    }
    // Eight steps, of a few roundings each.
    expect(state.values).toBeNear(reference.values, 2e-6);
    expect(state.first).toBeNear(reference.first, 1e-6);
    expect(state.second).toBeNear(reference.second, 1e-6);
  });
});

it('moves by the rate at the first step, whatever the size of the gradient', async () => {
  const gradients = Float32Array.of(1e-3, -5, 1e3);
  const state = await update({ values: zeros(3), first: zeros(3), second: zeros(3) }, gradients, 0, { learningRate: 0.5, weightDecay: 0, factor: 1, groups: Float32Array.of(1, 1, 2) });
  // ε of 1e-8 against 1e-3 takes 1e-5 of the step.
  expect(state.values).toBeNear([-0.5 * (1 - 1e-5), 0.5, -1], 1e-6);
});

it('takes the bias corrections late in a run from the host', async () => {
  const groups = Float32Array.of(1, -1);
  const setting: Setting = { learningRate: 0.1, weightDecay: 0.5, factor: 1, groups };
  const reference = new Reference(Float64Array.of(1, 1));
  reference.first.fill(Math.fround(0.3));
  reference.second.fill(Math.fround(0.2));
  reference.update(Float32Array.of(1, -1), 4999, setting);
  const state = await update({ values: Float32Array.of(1, 1), first: Float32Array.of(0.3, 0.3), second: Float32Array.of(0.2, 0.2) }, Float32Array.of(1, -1), 4999, setting);
  expect(state.values).toBeNear(reference.values, 1e-6);
});

it('leaves the padding of the arena at zero', async () => {
  // Padding has gradient 0, moments 0 and group 0.
  const state = await update({ values: zeros(4), first: zeros(4), second: zeros(4) }, zeros(4), 0, { learningRate: 1, weightDecay: 1, factor: 1, groups: zeros(4) });
  for (const part of Object.values(state)) expect([...part].map(Math.abs)).toEqual([0, 0, 0, 0]);
});

/** A GPU finds the norm in the same dispatch: more elements than partial sums have invocations, and a norm that is clipped. */
it.each([3, 20_000])('with the norm of %d gradients found on the way, agrees with the two apart', async (count) => {
  const results: Map<string, Float32Array>[] = [];
  for (const together of [false, true]) {
    const tape = new Tape();
    const shared = (label: string) => tape.shared(label, [count]);
    const arena = { values: shared('values'), gradients: shared('gradients'), first: shared('first'), second: shared('second'), groups: shared('groups') };
    const norm = tape.shared('norm', [2]);
    const values = new Map(Object.entries({ values: normals(count, 1), gradients: normals(count, 2), first: normals(count, 3), second: normals(count, 4).map(Math.abs), groups: groupsOf(count), norm: zeros(2) }));
    const ran = await execute({
      tape, values, step: { step: 2, learningRate: 0.1, weightDecay: 0.1, clip: 1.5 },
      finish: (emit) => {
        if (together) return emitAdamw(emit, arena, norm, emitSquares(emit, arena.gradients));
        emitGradientNorm(emit, arena.gradients, norm);
        emitAdamw(emit, arena, norm);
      },
    }, { profile: 'gpu', minimal: true });
    results.push(ran.shared);
  }
  const [apart, together] = results;
  for (const name of ['norm', 'values', 'first', 'second']) expect(together.get(name), name).toBeNear(apart.get(name)!, 2e-6);
});
