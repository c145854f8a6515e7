/**
 * The one or two passes of a training step and their losses, on the tape. What both passes have in common, the stages below the first
 * random one, is recorded once; what never changes for a training row is not recorded at all, but read from a table of kept states.
 */
import { secondPassOf } from '../config/dropout';
import type { Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { recordConsistency } from '../kernels/consistency';
import { recordCrossEntropy } from '../kernels/cross_entropy';
import { recordEmbedding } from '../kernels/embedding';
import { recordRepeat } from '../kernels/repeat';
import { NO_BRANCH } from '../kernels/site';
import { recordSquaredError } from '../kernels/squared_error';
import type { ModelConfig } from './modelConfig';
import type { Recording } from './builder';
import { type Method, type Passes, virtualRowsOf } from './method';
import { type Border, firstRandomStage, recordModel, recordStages } from './stages';

export interface BatchShape {
  /** B: rows of a batch. */
  samples: number;
  /** T: tokens a row is padded to. */
  tokens: number;
}

/** Outputs of the first `stages` stages, kept for every training row: a table of (rows·T, D), row r's token t at r·T + t, T the greatest width of a batch. */
export interface Cached {
  stages: number;
  rows: number;
  tokens: number;
}

/** Bytes of that table. */
export const statesBytes = ({ rows, tokens }: Cached, hidden: number): number => rows * tokens * hidden * 4;

/** Label of the table among the buffers that outlive a plan, and of the input that says which of its rows a batch reads, (B,T). */
export const STATES = 'states';
export const STATE_ROWS = 'state rows';

export interface PassOptions {
  passes?: Passes;
  cached?: Cached;
  /** Tests only: compute for each pass what both have in common. */
  recompute?: boolean;
  /** Tests only: compute rows of the last layer that the head does not read. */
  whole?: boolean;
}

/** What the losses left on the tape, for the step's scalars. */
export interface Losses {
  losses: Tensor;
  secondLosses?: Tensor;
  lossRows: number;
  lossWeight: number;
  values?: Tensor;
}

/** How many samples run, and how many of them are differentiated. */
export interface Layout {
  samples: number;
  gradientSamples: number;
}

export function recordPasses(tape: Tape, config: ModelConfig, method: Method, batch: BatchShape, options: PassOptions): { losses: Losses; layout: Layout } {
  const B = batch.samples;
  const { consistency } = method;
  const second = secondPassOf(consistency);
  const both = consistency.kind !== 'none' && second === 'dropped_grad';
  const recording: Omit<Recording, 'pass' | 'samples'> = { tape, config, trained: method, rules: method.dropout, noisy: method.noisy, whole: options.whole, tokens: batch.tokens };
  const single: Recording = { ...recording, samples: B, pass: { samples: B, branch: 0, cleanBranch: NO_BRANCH } };
  // A language model scores every token but the padded and the virtual ones; other heads score a sample.
  const languageModel = config.problem === 'language_model';
  const rows = languageModel ? batch.tokens + virtualRowsOf(method).rows : 1;
  const N = B * rows;
  const labels = tape.input('labels', [N], config.problem === 'regression' ? 'f32' : 'i32');
  // Labels say which rows count, but not those of a regression, whose every number is a score.
  const counted = config.problem === 'regression' ? undefined : labels;
  const recordLoss = config.problem === 'regression' ? recordSquaredError : recordCrossEntropy;

  if (consistency.kind === 'none') {
    const z = recordModel(single, recordStates(tape, config, batch, B, options.cached));
    tape.keepable('logits', z);
    return { losses: { losses: recordLoss(tape, 'loss', z, labels, 1), lossRows: N, lossWeight: 1 }, layout: { samples: B, gradientSamples: B } };
  }

  const kind = consistency.kind;
  const weight = both ? 0.5 : 1;
  const border = options.recompute ? 0 : firstRandomStage(config, method);
  if ((options.passes ?? 'doubled') === 'doubled') {
    // Rows 0…B−1 are the first pass, rows B…2B−1 the second. A second pass that is not differentiated costs no backward work: gradients
    // cover the first B samples only.
    const doubled: Recording = { ...recording, samples: 2 * B, pass: { samples: B, branch: 0, cleanBranch: second === 'clean_stopgrad' ? 1 : NO_BRANCH } };
    const z = recordModel(doubled, recordShared(single, doubled, batch, border, options.cached));
    tape.keepable('logits', z);
    const values = recordConsistency(tape, 'consistency', z, z, counted, { kind, count: N, firstRow: 0, secondRow: N, both });
    const losses = recordLoss(tape, 'loss', z, labels, weight);
    return { losses: { losses, lossRows: both ? 2 * N : N, lossWeight: weight, values }, layout: { samples: 2 * B, gradientSamples: both ? 2 * B : B } };
  }

  const start = recordStates(tape, config, batch, B, options.cached);
  const common: Border | undefined = border > (start?.stage ?? 0) ? { stage: border, x: recordStages(single, border, start) } : start;
  // The second pass goes first, so that its activations are gone before those of the first are made.
  const random = second === 'clean_stopgrad' ? { rules: {}, noisy: false } : {};
  const recordSecond = () => recordModel({ ...single, ...random, prefix: 'second pass ', pass: { samples: B, branch: 1, cleanBranch: NO_BRANCH } }, common);
  const z2 = both ? recordSecond() : tape.withoutGradients(recordSecond);
  const z1 = recordModel(single, common);
  tape.keepable('logits', z1);
  tape.keepable('logits.branch1', z2);
  const values = recordConsistency(tape, 'consistency', z1, z2, counted, { kind, count: N, firstRow: 0, secondRow: 0, both });
  const losses = recordLoss(tape, 'loss', z1, labels, weight);
  const secondLosses = both ? recordLoss(tape, 'second loss', z2, labels, weight) : undefined;
  return { losses: { losses, secondLosses, lossRows: N, lossWeight: weight, values }, layout: { samples: B, gradientSamples: B } };
}

/** The kept states of the batch's rows, once or for both passes; undefined where nothing is kept. */
function recordStates(tape: Tape, config: ModelConfig, { samples, tokens }: BatchShape, copies: number, cached?: Cached): Border | undefined {
  if (!cached) return undefined;
  const table = tape.shared(STATES, [cached.rows * cached.tokens, config.hidden]);
  return { stage: cached.stages, x: recordEmbedding(tape, STATES, tape.input(STATE_ROWS, [samples, tokens], 'u32'), table, copies) };
}

/** Where a doubled batch begins: below `border` the batch is computed once, with B samples, and then repeated. */
function recordShared(single: Recording, doubled: Recording, batch: BatchShape, border: number, cached?: Cached): Border | undefined {
  const { tape, config } = single;
  if (border <= (cached?.stages ?? 0)) return recordStates(tape, config, batch, doubled.samples, cached);
  const x = tape.once(() => recordStages(single, border, recordStates(tape, config, batch, single.samples, cached)));
  return { stage: border, x: recordRepeat(tape, 'both passes', x) };
}
