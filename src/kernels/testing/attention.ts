/** Float64 reference of the attention weights, with the masks of the TypeScript twins, and the check of the kernel against it. */
import { type Compensation, type DropoutRules, type Pattern, SLOT_LIMIT, slotOf } from '../../config/dropout';
import type { Tensor } from '../../graph/tensor';
import { keepAttention, siteOf } from '../../random/masks';
import { packSpans } from '../../train/stepUniform';
import type { recordAttentionWeights } from '../attention_weights';
import { activation, input, type OpCheck } from '../check';
import { NO_BRANCH, type Pass, type ReadRow, type Site } from '../site';
import { count, normals } from './numbers';

export interface AttentionSetting {
  /** Real tokens of each of the B samples. */
  lengths: number[];
  /** T: tokens a sample is padded to. */
  T: number;
  H: number;
  logits?: { pattern: Pattern; p: number };
  weights?: { pattern: Pattern; p: number; compensation: Compensation };
  causal?: boolean;
  pass?: Omit<Pass, 'samples'>;
  doubled?: boolean;
  /** Only the first pass of the two is differentiated. */
  half?: boolean;
  uses?: 1 | 2;
  g?: ArrayLike<number>;
  /** Keys in front that are no tokens (prefix), and queries with them (prompt). */
  virtualKeys?: number;
  virtualQueries?: number;
  /** Which query the only one of a sample is; left out: all are there. */
  read?: ReadRow;
  layer?: number;
  seed?: number;
  maskStep?: number;
}

const queriesOf = ({ T, virtualQueries = 0, read }: AttentionSetting) => (read ? 1 : T + virtualQueries);

/** (S,H,Tq,Tk) and what lies behind every element of it; tokens count from behind the virtual rows, which are negative. */
function elementsOf(setting: AttentionSetting) {
  const { lengths, T, H, doubled, virtualKeys = 0, virtualQueries = 0, read } = setting;
  const [Tq, Tk, B] = [queriesOf(setting), T + virtualKeys, lengths.length];
  return Array.from({ length: (doubled ? 2 : 1) * B * H * Tq * Tk }, (_, i) => {
    const row = Math.floor(i / Tk);
    const sample = Math.floor(row / (Tq * H));
    const query = read === 'last' ? lengths[sample % B] - 1 : (row % Tq) - virtualQueries;
    return { key: (i % Tk) - virtualKeys, query, head: Math.floor(row / Tq) % H, sample: sample % B, pass: Math.floor(sample / B) };
  });
}

/** Keep masks of one position, (S,H,Tq,Tk); true everywhere without a rule, in a clean pass, and where a key or query is virtual. */
export function drawnMask(setting: AttentionSetting, position: 'logits' | 'weights'): boolean[] {
  const { lengths, T, H, pass = { branch: 0, cleanBranch: NO_BRANCH }, layer = 1, seed = 123, maskStep = 9 } = setting;
  const rule = setting[position];
  return elementsOf(setting).map(({ key, query, head, sample, pass: second }) => {
    const branch = pass.branch + second;
    if (!rule || branch === pass.cleanBranch || key < 0 || query < 0) return true;
    const at = { seed, step: maskStep, site: siteOf(position, layer, branch) };
    return keepAttention(at, rule.pattern, rule.p, { sample, head, query, key }, { heads: H, queries: T, keys: T, n: lengths[sample] });
  });
}

/**
 * Which keys each query may see by padding and causality, (S,H,Tq,Tk). Every token sees what is virtual; a causal virtual query sees those
 * before it; a token of a sample without real ones sees itself.
 */
export function allowedKeys(setting: AttentionSetting): boolean[] {
  const { lengths, causal } = setting;
  return elementsOf(setting).map(({ key, query, sample }) => (lengths[sample] === 0 && key === query) || (key < lengths[sample] && (!causal || key <= query)));
}

/** A mask that leaves a query no key is not applied to that query. */
function applied(allowed: boolean[], keep: boolean[], T: number): boolean[] {
  const both = allowed.map((one, i) => one && keep[i]);
  const some = Array.from({ length: both.length / T }, (_, row) => both.slice(row * T, (row + 1) * T).some(Boolean));
  return both.map((one, i) => (some[Math.floor(i / T)] ? one : allowed[i]));
}

const rowSums = (x: Float64Array, T: number) => Float64Array.from({ length: x.length / T }, (_, row) => x.subarray(row * T, (row + 1) * T).reduce((sum, value) => sum + value, 0));

function softmax(g: Float64Array, left: boolean[], T: number): Float64Array {
  const w = new Float64Array(g.length);
  for (let row = 0; row < g.length; row += T) {
    let highest = -Infinity;
    for (let i = row; i < row + T; i++) if (left[i]) highest = Math.max(highest, g[i]);
    for (let i = row; i < row + T; i++) w[i] = left[i] ? Math.exp(g[i] - highest) : 0;
  }
  const sums = rowSums(w, T);
  return w.map((value, i) => value / sums[Math.floor(i / T)]);
}

/** w and dropped of masks.md's table; the sum behind the stop-gradient is taken at `base`. */
export function referenceAttention(setting: AttentionSetting) {
  const { weights, virtualKeys = 0 } = setting;
  const T = setting.T + virtualKeys; // the length of a row
  const elements = elementsOf(setting);
  const left = applied(allowedKeys(setting), drawnMask(setting, 'logits'), T);
  const drawn = drawnMask(setting, 'weights');
  const both = left.map((one, i) => one && drawn[i]);
  // At the weights a query whose keys would all go keeps w as it is, without 1/(1−p).
  const whole = Array.from({ length: both.length / T }, (_, row) => !both.slice(row * T, (row + 1) * T).some(Boolean));
  // In a clean pass nothing is rescaled either, nor for a virtual query.
  const { doubled, pass = { branch: 0, cleanBranch: NO_BRANCH } } = setting;
  const halfRows = both.length / T / (doubled ? 2 : 1);
  const clean = (row: number) => pass.branch + Math.floor(row / halfRows) === pass.cleanBranch;
  const virtual = (row: number) => elements[row * T].query < 0;
  const untouched = (row: number) => whole[row] || clean(row) || virtual(row);
  return (g: Float64Array, base: Float64Array): { w: Float64Array; dropped: Float64Array } => {
    const w = softmax(g, left, T);
    if (!weights) return { w, dropped: w };
    const { compensation, p } = weights;
    const mask = (x: Float64Array) => x.map((value, i) => (both[i] || untouched(Math.floor(i / T)) ? value : 0));
    const masked = mask(w);
    if (compensation === 'none') return { w, dropped: masked };
    if (compensation === 'rescale') return { w, dropped: masked.map((value, i) => (untouched(Math.floor(i / T)) ? value : value / (1 - p))) };
    const sums = compensation === 'normalize' ? rowSums(masked, T) : rowSums(mask(softmax(base, left, T)), T);
    return { w, dropped: masked.map((value, i) => value / sums[Math.floor(i / T)]) };
  };
}

const LAYERS = 3;

/** Everything `checkOp` needs to hold the kernel against it. @param recordWeights the operation's own recording */
export function attentionCheck(setting: AttentionSetting, recordWeights: typeof recordAttentionWeights): OpCheck {
  const { lengths, T, H, logits, weights, causal = false, pass: branches = { branch: 0, cleanBranch: NO_BRANCH }, doubled, half, uses, layer = 1, seed = 123, maskStep = 9, virtualKeys = 0, virtualQueries = 0, read } = setting;
  const B = lengths.length;
  const S = doubled ? 2 * B : B;
  const shape = [S, H, queriesOf(setting), T + virtualKeys];
  const pass: Pass = { samples: B, ...branches };
  const rules: DropoutRules = { logits, weights };
  const site = (position: 'logits' | 'weights'): Site | undefined => {
    const rule = setting[position];
    return rule && { slot: slotOf(rules, position, layer, LAYERS), site: siteOf(position, layer, 0), pattern: rule.pattern, compensation: position === 'weights' ? weights!.compensation : 'none' };
  };
  const reference = referenceAttention(setting);
  return {
    leaves: {
      g: activation(shape, setting.g ?? normals(count(shape), 11, 1.5)),
      lengths: input([B], lengths, 'u32'),
      spans: input([SLOT_LIMIT, B], packSpans({ rules, layers: LAYERS, step: 0 }, Uint32Array.from(lengths)), 'u32'),
    },
    record: (tape, { g, lengths: real, spans }) => {
      const dropped = recordWeights(tape, 'attention', g, { lengths: real, spans }, { pass, logits: site('logits'), weights: site('weights'), causal, virtualKeys, virtualQueries, read });
      const outputs: Record<string, Tensor> = { dropped };
      if (weights) outputs.w = tape.nodes[tape.nodes.length - 1].outputs.w;
      return outputs;
    },
    reference: (given, base) => {
      const { w, dropped } = reference(given.g, base.g);
      const outputs: Record<string, Float64Array> = weights ? { dropped, w } : { dropped };
      return { outputs };
    },
    undifferentiated: ['w'],
    parts: { g: count(shape) / (T + virtualKeys) }, // a query's weights depend on its own logits alone
    step: { seed, maskStep, rules, layers: LAYERS },
    samples: S, gradientSamples: half ? B : S, uses,
    // Exponentials of differences up to 10, each rounded at 10 · 6e-8, and sums over up to 33 keys.
    limit: 3e-6,
  };
}
