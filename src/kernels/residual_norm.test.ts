/** A residual addition, masked or not, and the norm behind it agree with the simple kernels. */
import { it } from 'vitest';
import { type DropoutRules, type Pattern, SLOT_LIMIT, slotOf } from '../config/dropout';
import type { Tensor } from '../graph/tensor';
import { siteOf } from '../random/masks';
import { packSpans } from '../train/stepUniform';
import { recordAdd } from './add';
import { activation, checkFused, input, parameter, weight } from './check';
import { recordDropout } from './dropout';
import { recordLayerNorm, recordRmsNorm } from './norm';
import { residualNorm } from './residual_norm';
import { NO_BRANCH } from './site';
import { count, normals } from './testing/numbers';
import type { Launch } from './testing/page';

interface Setting {
  /** Behind the samples: (T,D), or (D) of a row that is read. */
  extents: number[];
  pattern?: Pattern;
  /** RMSNorm, without a β. */
  centred?: boolean;
  trained?: boolean;
  doubled?: boolean;
  cleanBranch?: number;
  /** The sum is read by more than the norm. */
  before?: boolean;
  uses?: 1 | 2;
  launch?: Launch;
}

it.each([
  { extents: [3, 5], launch: { lanes: 1 } },
  { extents: [5, 33], pattern: 'element', trained: true, doubled: true, uses: 2 },
  { extents: [7, 20], pattern: 'column', centred: false, before: true, doubled: true, cleanBranch: 1, launch: { minimal: true } },
  { extents: [6], pattern: 'element', before: true, launch: { lanes: 64 } },
] satisfies Setting[])('%j', ({ extents, pattern, centred = true, trained = false, doubled = false, cleanBranch = NO_BRANCH, before = false, uses, launch }: Setting) => {
  const lengths = [3, 2];
  const S = lengths.length * (doubled ? 2 : 1);
  const shape = [S, ...extents];
  const D = shape[shape.length - 1];
  const rules: DropoutRules = { hidden: pattern && { pattern, p: 0.3 } };
  const vector = trained ? parameter : weight;
  return checkFused({
    leaves: {
      x: activation(shape, normals(count(shape), 1)), residual: activation(shape, normals(count(shape), 2)), gamma: vector([D], normals(D, 3)), beta: vector([D], normals(D, 4)),
      lengths: input([2], lengths, 'u32'), spans: input([SLOT_LIMIT, 2], packSpans({ rules, layers: 2, step: 0 }, Uint32Array.from(lengths)), 'u32'),
    },
    record: (tape, { x, residual, gamma, beta, lengths: real, spans }) => {
      const site = pattern && { slot: slotOf(rules, 'hidden', 1, 2), site: siteOf('hidden', 1, 0), pattern, compensation: 'rescale' as const };
      const read = extents.length === 1 ? { row: 'first' as const, tokens: 3 } : undefined;
      const s = site ? recordDropout(tape, 'sum', x, { lengths: real, spans }, { samples: 2, branch: 0, cleanBranch }, site, { residual, read }) : recordAdd(tape, 'sum', residual, x);
      const y = centred ? recordLayerNorm(tape, 'norm', s, gamma, beta, 1e-5) : recordRmsNorm(tape, 'norm', s, gamma, 1e-5);
      const outputs: Record<string, Tensor> = { y };
      if (before) outputs.other = recordAdd(tape, 'other', s, y);
      return outputs;
    },
    has: [residualNorm.name], lacks: ['norm', 'dropout'].slice(0, trained ? 0 : 2),
    step: { rules, layers: 2, seed: 5, maskStep: 2 }, samples: S, gradientSamples: doubled ? S / 2 : S, uses,
    limit: 2e-6, // as norm
  }, launch);
});
