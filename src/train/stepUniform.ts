/** The host side of `shaders/lib/step.wgsl`: everything that changes from step to step, computed in float64 and written once a micro-batch. */
import { defaultCompensation, type DropoutRule, type DropoutRules, POSITIONS, rateOf } from '../config/dropout';
import { SLOT_LIMIT } from '../kernels/site';
import { slotOf } from '../model/builder';
import { STEP_BYTES, STEP_SCALAR_BYTES } from '../model/state';
import { spanLength, thresholdOf } from '../random/masks';

const BETA1 = 0.9;
const BETA2 = 0.999;

export interface StepValues {
  /** Mask seed, u32. */
  seed: number;
  /** What masks.md calls step: the optimizer step, or step · M + m with M micro-batches. */
  maskStep: number;
  /** m: number of this micro-batch in its step. */
  microBatch: number;
  /** Slot of the metrics ring. */
  ringSlot: number;
  /** Optimizer step counted from 0, for the bias corrections and for rates that change over time. */
  step: number;
  /** Steps of the whole run; left out: rates do not change over time. */
  steps?: number;
  learningRate: number;
  weightDecay: number;
  /** Global norm limit, 0 for none. */
  clip: number;
  /** Weight of the consistency term. */
  alpha: number;
  smoothing: number;
  /** Weight λ of the L1 penalty on A and B, for a plan that contains it. */
  l1: number;
  /** α of NEFTune's noise, for a plan that contains it. */
  neftune: number;
  /** Rows that count in all micro-batches of the step, over which losses are averaged. */
  countedRows: number;
  rules: DropoutRules;
  layers: number;
}

/** Packs `values` in the order of the WGSL struct. @throws when a model has more layers than the uniform has slots */
export function packStep(values: StepValues, into: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(STEP_BYTES))): DataView<ArrayBuffer> {
  const { rules, layers } = values;
  if (POSITIONS.length * layers > SLOT_LIMIT) throw new Error(`step: ${layers} layers need ${POSITIONS.length * layers} slots, the step uniform has ${SLOT_LIMIT}; choose a model of at most ${SLOT_LIMIT / POSITIONS.length} layers`);
  const words = [values.seed, values.maskStep, values.ringSlot, values.microBatch];
  words.forEach((word, index) => into.setUint32(index * 4, word, true));
  const t = values.step + 1;
  const scalars = [
    values.learningRate / (1 - BETA1 ** t), 1 / Math.sqrt(1 - BETA2 ** t), values.learningRate * values.weightDecay, values.clip,
    values.alpha, values.smoothing, 1 / Math.max(1, values.countedRows), values.l1, values.neftune,
  ];
  scalars.forEach((scalar, index) => into.setFloat32(16 + index * 4, scalar, true));
  for (const position of POSITIONS) {
    const rule = rules[position];
    if (!rule) continue;
    const compensation = rule.compensation ?? defaultCompensation(position, rule.pattern);
    for (let layer = 0; layer < layers; layer++) {
      const p = rateAt(rule, layer, values);
      const at = STEP_SCALAR_BYTES + slotOf(position, layer, layers) * 16;
      into.setUint32(at, thresholdOf(p), true);
      into.setFloat32(at + 4, compensation === 'rescale' ? 1 / (1 - p) : 1, true);
    }
  }
  return into;
}

type Place = Pick<StepValues, 'rules' | 'layers' | 'step' | 'steps'>;

const rateAt = (rule: DropoutRule, layer: number, { layers, step, steps }: Place): number => rateOf(steps === undefined ? { ...rule, time: undefined } : rule, layer, layers, step, steps ?? 1);

/** Span lengths (slots, B) of this batch, for the rules that drop spans; 0 elsewhere. */
export function packSpans(values: Place, lengths: Uint32Array): Uint32Array {
  const { rules, layers } = values;
  const B = lengths.length;
  const spans = new Uint32Array(POSITIONS.length * layers * B);
  for (const position of POSITIONS) {
    const rule = rules[position];
    if (rule?.pattern !== 'span') continue;
    for (let layer = 0; layer < layers; layer++) {
      const at = slotOf(position, layer, layers) * B;
      for (let sample = 0; sample < B; sample++) spans[at + sample] = spanLength(rateAt(rule, layer, values), lengths[sample]);
    }
  }
  return spans;
}
