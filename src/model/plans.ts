/** From a method to plans: one that trains, one that only evaluates. The evaluate plan has no dropout code at all. */
import { SLOT_LIMIT, slotCount } from '../config/dropout';
import { type Gpu, largestBuffer, type Profile } from '../gpu/device';
import { compile, type Plan } from '../graph/compile';
import type { CompileOptions, Emitter, Tile } from '../graph/emitter';
import type { Gradients } from '../graph/gradients';
import { Tape } from '../graph/tape';
import { rows } from '../graph/tensor';
import { type Arena, emitAdamw } from '../kernels/adamw';
import { emitAdd } from '../kernels/add';
import { recordCrossEntropy } from '../kernels/cross_entropy';
import { fuse } from '../kernels/fusion';
import { emitGradientNorm, emitSquares } from '../kernels/gradient_norm';
import { emitL1Penalty } from '../kernels/l1_penalty';
import { recordSelectToken } from '../kernels/select_token';
import { NO_BRANCH } from '../kernels/site';
import { emitStepMetrics, RING_SLOTS, RING_WIDTH } from '../kernels/step_metrics';
import type { ModelConfig } from './modelConfig';
import { type Method, type Trained, virtualRowsOf } from './method';
import { type BatchShape, type PassOptions, recordPasses } from './passes';
import { recordModel, recordStages } from './stages';
import type { ArenaLayout } from './state';

export interface PlanTarget {
  profile: Profile;
  subgroupSize: number;
  lanes?: number;
  tile?: Tile;
  tileFor?: CompileOptions['tileFor'];
  /** As in `CompileOptions`; weights are brought to the device in the same blocks. */
  largestBuffer?: number;
}

/** Under which name the gradient of a kept tensor is kept. */
export const gradientOf = (name: string): string => `gradient of ${name}`;

/** What plans on this device are made for. */
export function targetOf(gpu: Gpu, target: Partial<PlanTarget> = {}): PlanTarget {
  return { profile: gpu.profile, subgroupSize: gpu.subgroupSize, largestBuffer: largestBuffer(gpu), ...target };
}

/**
 * Records and compiles one training step: forward, losses, backward, L1 penalty, gradient norm, AdamW, scalars.
 * @param layout sizes of the flat arena of trained tensors
 * @param options.keep names of tensors to keep for reading back (`logits`, `logits.branch1`, `logits N`, `mixed N`), and `gradient of …` one of those
 * @param options.accumulating the plan runs once for each of a step's micro-batches, see `Plan.finish`
 */
export function planTraining(
  config: ModelConfig, method: Method, batch: BatchShape, layout: Pick<ArenaLayout, 'bytes' | 'penalisedBytes'>, target: PlanTarget,
  options: PassOptions & { keep?: string[]; accumulating?: boolean } = {},
): Plan {
  const slots = slotCount(method.dropout, config.layers);
  if (slots > SLOT_LIMIT) throw new Error(`plan: rules at ${slots} places of ${config.layers} layers, ${SLOT_LIMIT} are the most; drop at fewer positions`);
  const tape = new Tape(new Set(options.keep));
  const { losses, layout: samples } = recordPasses(tape, config, method, batch, options);
  const shared = (label: string) => tape.shared(label, [layout.bytes / 4]);
  const arena: Arena = { values: shared('values'), gradients: shared('gradients'), first: shared('first moments'), second: shared('second moments'), groups: shared('groups') };
  const norm = tape.shared('norm', [2]);
  const ring = tape.shared('ring', [RING_SLOTS, RING_WIDTH]);
  const finish = (emit: Emitter, gradients: Gradients) => {
    for (const [name, tensor] of [...tape.kept]) {
      const gradient = gradients.of(tensor);
      if (gradient && options.keep?.includes(gradientOf(name))) tape.keep(gradientOf(name), gradient);
    }
    if (gradients.ofParameters.size === 0) throw new Error('plan: no trained tensor is reached by the loss; choose at least one LoRA target');
    // A method without A and B has nothing that the penalty falls on.
    if (method.penalised && layout.penalisedBytes > 0) emitL1Penalty(emit, arena, layout.penalisedBytes / 4);
    if (target.profile === 'gpu') {
      emitAdamw(emit, arena, norm, emitSquares(emit, arena.gradients));
    } else {
      emitGradientNorm(emit, arena.gradients, norm);
      emitAdamw(emit, arena, norm);
    }
  };
  const report = (emit: Emitter) => emitStepMetrics(emit, { ...losses, norm, ring });
  return compile(tape, { ...target, ...samples, accumulating: options.accumulating }, { backward: true, add: emitAdd, fuse, finish, report });
}

/** Records and compiles the stages whose outputs are kept for every training row (`states`, as `Cached` has them). */
export function planStates(config: ModelConfig, trained: Trained, batch: BatchShape, target: PlanTarget, stages: number): Plan {
  const tape = new Tape();
  const pass = { samples: batch.samples, branch: 0, cleanBranch: NO_BRANCH };
  tape.keep('states', recordStages({ tape, config, trained, rules: {}, pass, whole: true, ...batch }, stages));
  return compile(tape, { ...target, samples: batch.samples, gradientSamples: batch.samples }, { backward: false, add: emitAdd, fuse });
}

/**
 * Records and compiles a forward pass without dropout.
 * @param options.keep the `logits`, or of a language model the `losses` of its tokens, without smoothing; `scores` keeps, beside these losses, the
 *   `last logits` (S,vocabulary) of each row's last real token; `attention` keeps, beside the logits, the scaled attention logits of each layer;
 *   `forced` keeps these too, of a language model only the logits behind each row's last real token, and takes masks that are set by hand (`forcedLogits`)
 */
export function planEvaluation(config: ModelConfig, trained: Trained, batch: BatchShape, target: PlanTarget, keep: 'logits' | 'losses' | 'scores' | 'attention' | 'forced' = 'logits'): Plan {
  const layers = Array.from({ length: config.layers }, (_, layer) => `logits ${layer}`);
  const tape = new Tape(new Set(keep === 'attention' || keep === 'forced' ? layers : []));
  const pass = { samples: batch.samples, branch: 0, cleanBranch: NO_BRANCH };
  const logits = recordModel({ tape, config, trained, rules: {}, pass, whole: keep === 'attention', ...(keep === 'forced' && { forced: true, lastRow: true }), ...batch });
  if (keep === 'losses' || keep === 'scores') {
    const labels = tape.input('labels', [rows(logits)], 'i32');
    tape.keep('losses', recordCrossEntropy(tape, 'loss', logits, labels, 1, { smoothed: false }));
    const last = { lengths: tape.input('lengths', [batch.samples], 'u32'), virtualTokens: virtualRowsOf(trained).rows };
    if (keep === 'scores') tape.keep('last logits', recordSelectToken(tape, 'last token', logits, last));
  } else tape.keep('logits', logits);
  return compile(tape, { ...target, samples: batch.samples, gradientSamples: batch.samples }, { backward: false, add: emitAdd, fuse });
}
