/** Logits, weights and mix together, as a layer records them: the worked example of one head, and what constants added to the values do. */
import { describe, expect, it } from 'vitest';
import type { Compensation, DropoutRules } from '../config/dropout';
import { Tape } from '../graph/tape';
import { recordAttentionWeights } from '../kernels/attention_weights';
import { recordAttentionLogits, recordAttentionMix } from '../kernels/matmul';
import { NO_BRANCH } from '../kernels/site';
import { execute, recordCopy } from '../kernels/testing/execute';
import '../kernels/testing/matcher';
import { normals } from '../kernels/testing/numbers';
import { keepAttention, siteOf } from '../random/masks';

/** `undefined`: DropKey; otherwise DropAttention with this compensation. */
type Rule = Compensation | undefined;

interface Setting { rule: Rule; p: number; T: number; D: number; heads: number; seed: number; q: ArrayLike<number>; k: ArrayLike<number>; v: ArrayLike<number>; outward: ArrayLike<number> }

/** Forward and backward of one layer's attention with a column mask; gradients by name. */
async function attend({ rule, p, T, D, heads, seed, ...given }: Setting): Promise<Record<string, Float32Array>> {
  const position = rule ? 'weights' : 'logits';
  const tape = new Tape();
  const values = new Map<string, Float32Array | Uint32Array>(Object.entries(given).map(([name, numbers]) => [name, Float32Array.from(numbers)]));
  values.set('lengths', Uint32Array.of(T));
  const load = (name: string, trained: boolean) => recordCopy(tape, name, tape.input(name, [1, T, D], 'f32'), trained);
  const [q, k, v, outward] = [load('q', true), load('k', true), load('v', true), load('outward', false)];
  const site = { slot: 0, site: siteOf(position, 0, 0), pattern: 'column' as const, compensation: rule ?? 'none' };
  const g = recordAttentionLogits(tape, 'logits', q, k, heads);
  const w = recordAttentionWeights(tape, 'weights', g, { lengths: tape.input('lengths', [1], 'u32') }, { pass: { samples: 1, branch: 0, cleanBranch: NO_BRANCH }, [position]: site, causal: false });
  const o = recordAttentionMix(tape, 'mix', w, v, heads);
  for (const [name, tensor] of Object.entries({ g, w, o })) tape.keep(name, tensor);
  const rules: DropoutRules = { [position]: { p, pattern: 'column', compensation: rule } };
  const { kept } = await execute({
    tape, values, step: { seed, rules }, backward: true, seeds: new Map([[o, outward]]),
    finish: (_, gradients) => {
      for (const [name, tensor] of Object.entries({ dg: g, dq: q, dk: k, dv: v })) tape.keep(name, gradients.of(tensor)!);
    },
  });
  return Object.fromEntries(kept);
}

/** The first seed whose column mask for one head is `wanted`. */
function seedWith(wanted: boolean[], position: 'logits' | 'weights', p: number): number {
  const T = wanted.length;
  for (let seed = 0; ; seed++) {
    const at = { seed, step: 3, site: siteOf(position, 0, 0) };
    if (wanted.every((keep, key) => keepAttention(at, 'column', p, { sample: 0, head: 0, query: 0, key }, { heads: 1, queries: T, keys: T, n: T }) === keep)) return seed;
  }
}

// The specification's worked example: key 1 of four is dropped. Six digits are printed there.
const EXAMPLE = {
  T: 4, D: 2, heads: 1, p: 0.25,
  q: [1, 0.5, -0.5, 1, 0.25, -1, 1, 1], k: [0.5, -1, 1, 1, -1, 0.5, 0.25, 0.75], v: [1, 2, -1, 0.5, 0.5, -0.5, 2, 1], outward: [0.1, -0.2, 0.3, 0.4, -0.5, 0.25, 0.2, 0.1],
};
const LOGITS = [0, 1.06066, -0.53033, 0.441942, -0.883883, 0.353553, 0.707107, 0.441942, 0.795495, -0.53033, -0.53033, -0.486136, -0.353553, 1.414214, -0.353553, 0.707107];
const WEIGHTS = [0.318052, 0, 0.187145, 0.494802, 0.103371, 0, 0.507407, 0.389222, 0.648018, 0, 0.172103, 0.179879, 0.204571, 0, 0.204571, 0.590858];
const OUTPUT = [1.401229, 1.037334, 1.135518, 0.34226, 1.093828, 1.389863, 1.488572, 0.897714];
const DROPKEY = [-0.073997, 0, 0.040675, 0.033322, 0.064342, 0, -0.267688, 0.203345, 0.129246, 0, -0.030213, -0.099033, 0.00256, 0, -0.06904, 0.06648];
const SLOPES: [Rule, number[]][] = [
  [undefined, DROPKEY], ['normalize', DROPKEY],
  ['normalize_stopgrad', [-0.084252, 0.032244, 0.034641, 0.017368, 0.077311, -0.125454, -0.204031, 0.252175, 0.110268, 0.029285, -0.035253, -0.104301, 0.04577, -0.211222, -0.02583, 0.191282]],
  ['rescale', [-0.05855, 0.022408, 0.024073, 0.012069, 0.076002, -0.12333, -0.200577, 0.247905, 0.125437, 0.033314, -0.040102, -0.118648, 0.02776, -0.128111, -0.015666, 0.116017]],
];
const DIGITS = 2e-6;

describe('worked example', () => {
  it.each(SLOPES)('%s', async (rule, slopes) => {
    const seed = seedWith([true, false, true, true], rule ? 'weights' : 'logits', EXAMPLE.p);
    const { g, w, o, dg, dq, dk, dv } = await attend({ ...EXAMPLE, rule, seed });
    const near = (actual: Float32Array, expected: number[]) => expect(actual).toBeNear(expected, DIGITS, 1);
    near(g, LOGITS);
    near(dg, slopes);
    if (rule !== 'rescale') {
      near(w, WEIGHTS);
      near(o, OUTPUT);
      near(dv, [-0.220278, 0.160199, 0, 0, 0.1258, 0.229017, 0.194479, 0.160784]);
    }
    // A dropped key of a column mask: its value gets exactly nothing, and before the softmax its key too.
    expect([...dv.slice(2, 4)].map(Math.abs)).toEqual([0, 0]);
    if (rule === undefined) {
      near(dq, [-0.049033, 0.084376, 0.247979, -0.032299, 0.049552, -0.154593, 0.061476, 0.009037]);
      near(dk, [-0.050414, -0.070245, 0, 0, 0.069244, -0.202358, -0.01883, 0.272603]);
      expect([...dk.slice(2, 4)].map(Math.abs)).toEqual([0, 0]);
    }
  });
});

describe('a constant added to every value', () => {
  const base = { T: 9, D: 6, heads: 2, p: 0.3, seed: 4, q: normals(54, 1), k: normals(54, 2), v: normals(54, 3), outward: normals(54, 4) };
  const moved = base.v.map((value) => value + 5);

  it.each<{ rule: Rule; invariant: boolean }>([
    { rule: undefined, invariant: true }, { rule: 'normalize', invariant: true }, { rule: 'normalize_stopgrad', invariant: false }, { rule: 'rescale', invariant: false },
  ])('$rule: the gradient of the logits stays: $invariant', async ({ rule, invariant }) => {
    const before = (await attend({ ...base, rule })).dg;
    const after = (await attend({ ...base, rule, v: moved })).dg;
    // δ − c is a difference of numbers that the constant makes about 5 · √6 larger.
    if (invariant) expect(after).toBeNear(before, 5e-6);
    else expect(Math.max(...after.map((value, i) => Math.abs(value - before[i])))).toBeGreaterThan(0.1);
  });
});
