/** The host side of `shaders/lib/step.wgsl`: everything that changes from step to step, computed in float64 and written once a micro-batch. */
import { defaultCompensation, type DropoutRule, type DropoutRules, hasLayerRules, type Position, POSITIONS, rateOf, slotCount, slotOf } from '../config/dropout';
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
  /** The rules that the plan was recorded with, by which its slots are counted; left out: `rules`. */
  recorded?: DropoutRules;
  layers: number;
}

/** Packs `values` in the order of the WGSL struct. */
export function packStep(values: StepValues, into: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(STEP_BYTES))): DataView<ArrayBuffer> {
  const words = [values.seed, values.maskStep, values.ringSlot, values.microBatch];
  words.forEach((word, index) => into.setUint32(index * 4, word, true));
  const t = values.step + 1;
  const scalars = [
    values.learningRate / (1 - BETA1 ** t), 1 / Math.sqrt(1 - BETA2 ** t), values.learningRate * values.weightDecay, values.clip,
    values.alpha, values.smoothing, 1 / Math.max(1, values.countedRows), values.l1, values.neftune,
  ];
  scalars.forEach((scalar, index) => into.setFloat32(16 + index * 4, scalar, true));
  for (const { position, rule, layer, slot } of placesOf(values)) {
    const compensation = rule.compensation ?? defaultCompensation(position, rule.pattern);
    const p = rateAt(rule, layer, values);
    const at = STEP_SCALAR_BYTES + slot * 16;
    into.setUint32(at, thresholdOf(p), true);
    into.setFloat32(at + 4, compensation === 'rescale' ? 1 / (1 - p) : 1, true);
  }
  return into;
}

type Rates = Pick<StepValues, 'rules' | 'recorded' | 'layers' | 'step' | 'steps'>;

/** Every place that has a rule, with its slot. */
function placesOf({ rules, recorded = rules, layers }: Rates): { position: Position; rule: DropoutRule; layer: number; slot: number }[] {
  return POSITIONS.flatMap((position) => {
    const rule = rules[position];
    if (!rule || !recorded[position]) return [];
    return Array.from({ length: hasLayerRules(position) ? layers : 1 }, (_, layer) => ({ position, rule, layer, slot: slotOf(recorded, position, layer, layers) }));
  });
}

const rateAt = (rule: DropoutRule, layer: number, { layers, step, steps }: Rates): number => rateOf(steps === undefined ? { ...rule, time: undefined } : rule, layer, layers, step, steps ?? 1);

/** Span lengths (slots, B) of this batch, for the rules that drop spans; 0 elsewhere. */
export function packSpans(values: Rates, lengths: Uint32Array): Uint32Array {
  const B = lengths.length;
  const spans = new Uint32Array(slotCount(values.recorded ?? values.rules, values.layers) * B);
  for (const { rule, layer, slot } of placesOf(values)) {
    if (rule.pattern !== 'span') continue;
    for (let sample = 0; sample < B; sample++) spans[slot * B + sample] = spanLength(rateAt(rule, layer, values), lengths[sample]);
  }
  return spans;
}
