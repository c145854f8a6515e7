/**
 * The test of one operation: recorded alone on a tape, run on the page's device, its outputs held against a plain float64 reference and
 * its gradients against central differences of that reference.
 */
import { expect } from 'vitest';
import { Tape } from '../graph/tape';
import type { DataType, Tensor } from '../graph/tensor';
import type { StepValues } from '../train/stepUniform';
import { execute, type Executed, recordCopy } from './testing/execute';
import './testing/matcher';
import { count, normals } from './testing/numbers';
import type { Launch } from './testing/page';
import { WEIGHT_ROWS } from './weightFormats';

/** A tensor that the operation reads. */
export interface Leaf {
  shape: number[];
  values: ArrayLike<number>;
  /** `activation` and `parameter` get gradients, `weight` and `input` none. An activation has the samples first, as on a real tape. */
  role: 'activation' | 'parameter' | 'weight' | 'input';
  type?: DataType;
}

export const activation = (shape: number[], values: ArrayLike<number>): Leaf => ({ shape, values, role: 'activation' });
export const parameter = (shape: number[], values: ArrayLike<number>): Leaf => ({ shape, values, role: 'parameter' });
/** @param type of a packed one: the reference is computed from the rounded values */
export const weight = (shape: number[], values: ArrayLike<number>, type: DataType = 'f32'): Leaf => ({ shape, values, role: 'weight', type });
export const input = (shape: number[], values: ArrayLike<number>, type: DataType = 'f32'): Leaf => ({ shape, values, role: 'input', type });

export type Values = Record<string, Float64Array>;

export interface OpCheck {
  leaves: Record<string, Leaf>;
  /** Records the operation and returns its outputs by name. */
  record(tape: Tape, leaves: Record<string, Tensor>): Record<string, Tensor>;
  /**
   * The same in float64. `base` are the values before any of them is moved for a difference: what is behind a stop-gradient is computed
   * from these. `objective` is the loss, for operations that are one; otherwise it is Σ seed · output with a random seed an output.
   */
  reference(values: Values, base: Values): { outputs: Record<string, ArrayLike<number>>; objective?: number };
  /**
   * Leaves whose slopes are measured for many places at once: a leaf's number of equal parts that depend on nothing of each other, each
   * the same part of every output. One place in each part is moved together, and each part's own change is counted.
   */
  parts?: Record<string, number>;
  /** Outputs that are compared but carry no gradient (statistics, saved copies). */
  undifferentiated?: string[];
  step?: Partial<StepValues>;
  /** S, and how many of these samples are differentiated: half, where the second pass of a doubled batch is a teacher. */
  samples?: number;
  gradientSamples?: number;
  /** Twice: the second write of every gradient must add to the first. */
  uses?: 1 | 2;
  /** Largest error, relative to the largest value of the tensor. */
  limit: number;
  gradientLimit?: number;
  /** Stands in for the largest value where that is smaller: the size of the terms of a sum that may cancel, see `toBeNear`. */
  floor?: number;
}

export interface Checked {
  outputs: Record<string, Float32Array>;
  /** By leaf. */
  gradients: Record<string, Float32Array>;
}

/** Step of the differences: the reference is float64, so that about 1e-10 of the objective is lost, far below float32's 6e-8. */
const MOVE = 1e-5;

/** What the operation gave on the device: outputs of each use, gradients of leaves, and the random seeds that stood for the gradients of the outputs. */
interface Ran extends Omit<Executed, 'kept' | 'shared'> {
  outputs: Record<string, Float32Array>[];
  seeds: Record<string, Float32Array>[];
}

const baseOf = (check: Pick<OpCheck, 'leaves'>): Values => Object.fromEntries(Object.entries(check.leaves).map(([name, leaf]) => [name, Float64Array.from(typed(leaf))]));

/** @param isLoss its outputs need no seeds @param fused the plan is that of a GPU, with what is computed together */
async function runOp(check: Omit<OpCheck, 'reference' | 'limit'>, launch: Launch, isLoss: boolean, fused: boolean): Promise<Ran> {
  const { samples = 1, gradientSamples = samples, uses = 1 } = check;
  const tape = new Tape();
  const leaves = Object.fromEntries(Object.entries(check.leaves).map(([name, leaf]) => [name, recordLeaf(tape, name, leaf)]));
  const values = new Map(Object.entries(check.leaves).map(([name, leaf]) => [name, typed(leaf)]));
  const recorded = Array.from({ length: uses }, () => check.record(tape, leaves));
  recorded.forEach((outputs, use) => {
    for (const [name, tensor] of Object.entries(outputs)) tape.keep(`${name} ${use}`, tensor);
  });
  const seeds = new Map<Tensor, Tensor>();
  const seedValues: Record<string, Float32Array>[] = recorded.map(() => ({}));
  if (!isLoss) {
    recorded.forEach((outputs, use) => {
      for (const [name, tensor] of Object.entries(outputs)) {
        if (check.undifferentiated?.includes(name)) continue;
        const shape = [(tensor.shape[0] / samples) * gradientSamples, ...tensor.shape.slice(1)];
        const label = `seed of ${name} ${use}`;
        const seed = normals(count(shape), 91 + use);
        seeds.set(tensor, recordCopy(tape, label, tape.input(label, shape, 'f32'), false));
        values.set(label, seed);
        seedValues[use][name] = seed;
      }
    });
  }
  const { plan, kept, gradients } = await execute({
    tape, values, step: check.step, samples, gradientSamples, backward: true, seeds, fused,
    finish: (_, gradients) => {
      for (const [name, leaf] of Object.entries(leaves)) {
        const gradient = gradients.of(leaf);
        if (gradient?.role === 'activation') tape.keep(`gradient of ${name}`, gradient);
      }
    },
  }, launch);
  for (const [name, leaf] of Object.entries(check.leaves)) {
    if (leaf.role === 'activation' && kept.has(`gradient of ${name}`)) gradients.set(name, kept.get(`gradient of ${name}`)!);
  }
  return { plan, gradients, seeds: seedValues, outputs: recorded.map((names, use) => Object.fromEntries(Object.keys(names).map((name) => [name, kept.get(`${name} ${use}`)!]))) };
}

/** An operation that a GPU computes together with others: what it gives agrees with what the simple kernels give. */
export interface FusedCheck extends Omit<OpCheck, 'reference' | 'parts'> {
  /** Shaders that the fused plan has, and those of which it has none. */
  has: string[];
  lacks?: string[];
}

export async function checkFused(check: FusedCheck, launch: Launch = {}): Promise<void> {
  // As a software adapter computes it: there one pipeline multiplies everything, and compiling takes a test longest.
  const simple = await runOp(check, { minimal: launch.minimal }, false, false);
  const together = await runOp(check, { ...launch, profile: 'gpu' }, false, true);
  const shaders = together.plan.dispatches.map(({ shader }) => shader.name);
  for (const name of check.has) expect(shaders).toContain(name);
  for (const name of check.lacks ?? []) expect(shaders).not.toContain(name);
  together.outputs.forEach((outputs, use) => {
    for (const [name, values] of Object.entries(outputs)) expect(values, `output ${name}`).toBeNear(simple.outputs[use][name], check.limit, check.floor);
  });
  expect([...together.gradients.keys()].sort()).toEqual([...simple.gradients.keys()].sort());
  for (const [name, values] of together.gradients) expect(values, `gradient of ${name}`).toBeNear(simple.gradients.get(name)!, check.gradientLimit ?? check.limit, check.floor);
}

export async function checkOp(check: OpCheck, launch: Launch = {}): Promise<Checked> {
  const { uses = 1 } = check;
  const base = baseOf(check);
  const expected = check.reference(base, base);
  const ran = await runOp(check, launch, expected.objective !== undefined, false);
  const seedValues = ran.seeds;
  const outputs: Record<string, Float32Array> = {};
  for (const ofUse of ran.outputs) {
    for (const [name, values] of Object.entries(ofUse)) {
      outputs[name] = values;
      expect(values, `output ${name}`).toBeNear(expected.outputs[name], check.limit, check.floor);
    }
  }

  /** The objective of each of `parts` equal parts of the outputs. */
  const objectives = (moved: Values, parts: number): Float64Array => {
    const { outputs: computed, objective: loss } = check.reference(moved, base);
    if (loss !== undefined) return Float64Array.of(uses * loss);
    const sums = new Float64Array(parts);
    for (const ofUse of seedValues) {
      for (const [name, seed] of Object.entries(ofUse)) {
        const length = computed[name].length / parts;
        for (let i = 0; i < seed.length; i++) sums[Math.floor(i / length)] += seed[i] * computed[name][i];
      }
    }
    return sums;
  };
  const gradients: Record<string, Float32Array> = {};
  for (const [name, leaf] of Object.entries(check.leaves)) {
    if (leaf.role !== 'activation' && leaf.role !== 'parameter') continue;
    const gradient = ran.gradients.get(name);
    if (!gradient) throw new Error(`check: ${name} has no gradient`);
    gradients[name] = gradient;
    const numeric = slopes(objectives, base, name, check.parts?.[name] ?? 1);
    expect(gradient, `gradient of ${name}`).toBeNear(numeric.subarray(0, gradient.length), check.gradientLimit ?? check.limit, check.floor);
  }
  return { outputs, gradients };
}

/** Central differences of the objective by every element of leaf `name`, which has `parts` independent parts. */
function slopes(objectives: (moved: Values, parts: number) => Float64Array, base: Values, name: string, parts: number): Float64Array {
  const found = new Float64Array(base[name].length);
  const length = found.length / parts;
  if (!Number.isInteger(length)) throw new Error(`check: ${found.length} elements of ${name} are not ${parts} equal parts`);
  for (let place = 0; place < length; place++) {
    const at = (by: number) => {
      const moved = base[name].slice();
      for (let i = place; i < moved.length; i += length) moved[i] += by;
      return objectives({ ...base, [name]: moved }, parts);
    };
    const [above, below] = [at(MOVE), at(-MOVE)];
    for (let part = 0; part < parts; part++) found[part * length + place] = (above[part] - below[part]) / (2 * MOVE);
  }
  return found;
}

function typed({ values, type = 'f32' }: Leaf): Float32Array | Uint32Array | Int32Array {
  return type === 'u32' ? Uint32Array.from(values) : type === 'i32' ? Int32Array.from(values) : WEIGHT_ROWS[type].rounded(Float32Array.from(values));
}

function recordLeaf(tape: Tape, name: string, { shape, role, type = 'f32' }: Leaf): Tensor {
  if (role === 'parameter') return tape.parameter(name, shape);
  if (role === 'weight') return tape.weight(name, shape, type);
  if (role === 'input') return tape.input(name, shape, type);
  return recordCopy(tape, name, tape.input(name, shape, 'f32'), true);
}
