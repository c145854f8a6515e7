/** From a method to plans: one that trains, one that only evaluates. The evaluate plan has no dropout code at all. */
import { secondPassOf } from '../config/dropout';
import type { Profile } from '../gpu/device';
import { compile, type CompileOptions, type Emitter, type Gradients, type Plan, type Tile } from '../graph/compile';
import { Tape, type Tensor } from '../graph/tape';
import { type Arena, emitAdamw } from '../kernels/adamw';
import { emitAdd } from '../kernels/add';
import { recordConsistency } from '../kernels/consistency';
import { recordCrossEntropy } from '../kernels/cross_entropy';
import { emitGradientNorm } from '../kernels/gradient_norm';
import { NO_BRANCH } from '../kernels/site';
import { recordSquaredError } from '../kernels/squared_error';
import { emitStepMetrics, RING_SLOTS, RING_WIDTH } from '../kernels/step_metrics';
import { type Recording, recordModel } from './builder';
import type { ModelConfig } from './architectures/architecture';
import type { Method, Passes, Trained } from './method';

export interface PlanTarget {
  profile: Profile;
  subgroupSize: number;
  lanes?: number;
  tile?: Tile;
  tileFor?: CompileOptions['tileFor'];
}

export interface BatchShape {
  /** B: rows of a batch. */
  samples: number;
  /** T: tokens a row is padded to. */
  tokens: number;
}

/** What the losses left on the tape, for the step's scalars. */
interface Losses {
  losses: Tensor;
  secondLosses?: Tensor;
  lossRows: number;
  lossWeight: number;
  values?: Tensor;
}

/** How many samples run, and how many of them are differentiated. */
interface Layout {
  samples: number;
  gradientSamples: number;
}

/**
 * Records and compiles one training step: forward, losses, backward, gradient norm, AdamW, scalars.
 * @param arenaElements elements of the flat arena of trained tensors
 * @param keep names of tensors to keep for reading back (`logits`, `logits.branch1`, `logits N`)
 */
export function planTraining(
  config: ModelConfig, method: Method, batch: BatchShape, arenaElements: number, target: PlanTarget,
  options: { passes?: Passes; keep?: string[] } = {},
): Plan {
  const tape = new Tape(new Set(options.keep));
  const { losses, layout } = recordPasses(tape, config, method, batch, options.passes ?? 'doubled');
  const shared = (label: string) => tape.shared(label, [arenaElements]);
  const arena: Arena = { values: shared('values'), gradients: shared('gradients'), first: shared('first moments'), second: shared('second moments'), groups: shared('groups') };
  const norm = tape.shared('norm', [2]);
  const ring = tape.shared('ring', [RING_SLOTS, RING_WIDTH]);
  const finish = (emit: Emitter, gradients: Gradients) => {
    if (gradients.ofParameters.size === 0) throw new Error('plan: no trained tensor is reached by the loss; choose at least one LoRA target');
    emitGradientNorm(emit, arena.gradients, norm);
    emitAdamw(emit, arena, norm);
    emitStepMetrics(emit, { ...losses, norm, ring });
  };
  return compile(tape, { ...target, ...layout }, { backward: true, add: emitAdd, finish });
}

/** Records and compiles a forward pass without dropout; keeps `logits`, and with `attention` the scaled attention logits of each layer. */
export function planEvaluation(config: ModelConfig, trained: Trained, batch: BatchShape, target: PlanTarget, attention = false): Plan {
  const layers = Array.from({ length: config.layers }, (_, layer) => `logits ${layer}`);
  const tape = new Tape(new Set(attention ? layers : []));
  const pass = { samples: batch.samples, branch: 0, cleanBranch: NO_BRANCH };
  const logits = recordModel({ tape, config, trained, rules: {}, pass, ...batch });
  tape.keep('logits', logits);
  return compile(tape, { ...target, samples: batch.samples, gradientSamples: batch.samples }, { backward: false, add: emitAdd });
}

function recordPasses(tape: Tape, config: ModelConfig, method: Method, batch: BatchShape, passes: Passes): { losses: Losses; layout: Layout } {
  const B = batch.samples;
  const { consistency } = method;
  const second = secondPassOf(consistency);
  const both = consistency.kind !== 'none' && second === 'dropped_grad';
  const recording: Omit<Recording, 'pass' | 'samples'> = { tape, config, trained: method, rules: method.dropout, tokens: batch.tokens };
  // A language model scores every token but the padded and the virtual ones; other heads score a sample.
  const languageModel = config.problem === 'language_model';
  const rows = languageModel ? batch.tokens + (method.peft === 'prompt' ? (method.virtualTokens ?? 0) : 0) : 1;
  const N = B * rows;
  const labels = tape.input('labels', [N], config.problem === 'regression' ? 'f32' : 'i32');
  const counted = languageModel ? labels : undefined;
  const recordLoss = config.problem === 'regression' ? recordSquaredError : recordCrossEntropy;

  if (consistency.kind === 'none') {
    const z = recordModel({ ...recording, samples: B, pass: { samples: B, branch: 0, cleanBranch: NO_BRANCH } });
    tape.keepable('logits', z);
    return { losses: { losses: recordLoss(tape, 'loss', z, labels, 1), lossRows: N, lossWeight: 1 }, layout: { samples: B, gradientSamples: B } };
  }

  const kind = consistency.kind;
  const weight = both ? 0.5 : 1;
  if (passes === 'doubled') {
    // Rows 0…B−1 are the first pass, rows B…2B−1 the second. A second pass that is not differentiated costs no backward work: gradients
    // cover the first B samples only.
    const z = recordModel({ ...recording, samples: 2 * B, pass: { samples: B, branch: 0, cleanBranch: second === 'clean_stopgrad' ? 1 : NO_BRANCH } });
    tape.keepable('logits', z);
    const values = recordConsistency(tape, 'consistency', z, z, counted, { kind, count: N, firstRow: 0, secondRow: N, both });
    const losses = recordLoss(tape, 'loss', z, labels, weight);
    return { losses: { losses, lossRows: both ? 2 * N : N, lossWeight: weight, values }, layout: { samples: 2 * B, gradientSamples: both ? 2 * B : B } };
  }

  // The second pass goes first, so that its activations are gone before those of the first are made.
  const recordSecond = () => recordModel({ ...recording, samples: B, prefix: 'second pass ', rules: second === 'clean_stopgrad' ? {} : method.dropout, pass: { samples: B, branch: 1, cleanBranch: NO_BRANCH } });
  const z2 = both ? recordSecond() : tape.withoutGradients(recordSecond);
  const z1 = recordModel({ ...recording, samples: B, pass: { samples: B, branch: 0, cleanBranch: NO_BRANCH } });
  tape.keepable('logits', z1);
  tape.keepable('logits.branch1', z2);
  const values = recordConsistency(tape, 'consistency', z1, z2, counted, { kind, count: N, firstRow: 0, secondRow: 0, both });
  const losses = recordLoss(tape, 'loss', z1, labels, weight);
  const secondLosses = both ? recordLoss(tape, 'second loss', z2, labels, weight) : undefined;
  return { losses: { losses, secondLosses, lossRows: N, lossWeight: weight, values }, layout: { samples: B, gradientSamples: B } };
}
