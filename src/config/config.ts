/** A run, completely described: the same configuration and seed give the same curves. */
import { type Consistency, type DropoutRules, dropoutProblems, POSITIONS } from './dropout';

export const TASK_NAMES = ['sentiment', 'similarity'] as const;
export type TaskName = (typeof TASK_NAMES)[number];

export const MODEL_FOLDERS = ['nano-encoder'] as const;
export type ModelFolder = (typeof MODEL_FOLDERS)[number];

/** Linear layers that can carry a LoRA pair; names and numbers as in masks.md. */
export const LORA_TARGETS = ['q', 'k', 'v', 'o', 'up', 'down'] as const;
export type LoraTarget = (typeof LORA_TARGETS)[number];

export interface RunConfig {
  data: {
    task: TaskName;
    /** Number of training rows: the overfitting knob. */
    rows: number;
    /** Share of training labels replaced by a wrong one (classification) or by a random score (regression), 0…1. */
    noise: number;
  };
  model: {
    folder: ModelFolder;
    /** LoRA rank r. */
    rank: number;
    /** LoRA α; the low-rank branch is scaled by α/r. */
    alpha: number;
    targets: LoraTarget[];
  };
  dropout: DropoutRules;
  consistency: Consistency;
  optimizer: {
    learningRate: number;
    batchSize: number;
    steps: number;
    /** Steps over which the rate rises from 0. */
    warmup: number;
    /** Decoupled weight decay (not on biases). */
    weightDecay: number;
    /** Global gradient norm above which gradients are scaled down; 0 switches clipping off. */
    clip: number;
    /** Label smoothing ε of the cross-entropy; ignored for regression. */
    smoothing: number;
  };
  evaluation: {
    /** Optimizer steps between two evaluations. */
    every: number;
  };
  /** Seeds the data, the LoRA initialisation, the order of rows and every mask. u32. */
  seed: number;
}

/** Defaults, each with its reason. The preset's rows, noise, rate and steps are chosen so that plain LoRA overfits (tools/baselines). */
export const DEFAULT_CONFIG: RunConfig = {
  data: {
    task: 'sentiment', // mirrors SST-2, the paper's largest classification set
    rows: 192, // few rows for many epochs: overfitting within a minute
    noise: 0.2, // wrong labels can only be learned by heart, so learning by heart shows
  },
  model: {
    folder: 'nano-encoder',
    rank: 8, // the paper's §4.1
    alpha: 16, // the paper's §4.1
    targets: ['q', 'v'], // LoRA's own default, and the paper's tables 6 and 7
  },
  dropout: {},
  consistency: { kind: 'none', alpha: 0.1, second: 'dropped_stopgrad' }, // α 0.1: middle of the paper's grid 0.01 … 10
  optimizer: {
    learningRate: 6e-3, // high, for a small model and a short run
    batchSize: 16,
    steps: 200, // nearly 17 epochs
    warmup: 10, // 5 % of the steps
    weightDecay: 0, // nothing but dropout shall regularise
    clip: 1, // transformers' default maximum norm
    smoothing: 0,
  },
  evaluation: { every: 10 }, // often enough to see where the held-out loss turns
  seed: 42,
};

/** Whether a rate, a weight of a term or the learning rate changed: these are uniforms and take effect at the next step. */
export const UNIFORM_FIELDS = /^(dropout\.\w+\.p|consistency\.alpha|optimizer\.(learningRate|weightDecay|clip|smoothing))$/;

/** Fields whose change records a new plan over the same weights, gradients and moments while the old plan goes on. */
export const PLAN_FIELDS = /^(dropout(\.\w+(\.(pattern|compensation|fromLayer))?)?|consistency(\.(kind|second))?)$/;

/** A change made while a run was going on; replaying it at `step` reproduces the run. `field` is a path such as `dropout.logits.p`. */
export interface Change {
  step: number;
  field: string;
  from: unknown;
  to: unknown;
}

/** Every reason why `config` cannot run, as sentences that say what to do; empty when it can. */
export function configProblems(config: RunConfig, layers = 2): string[] {
  const problems: string[] = [];
  const check = (ok: boolean, sentence: string) => {
    if (!ok) problems.push(sentence);
  };
  const { data, model, optimizer, evaluation, consistency } = config;
  const whole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
  check(TASK_NAMES.includes(data.task), `data: unknown task "${data.task}"; choose one of ${TASK_NAMES.join(', ')}`);
  check(whole(data.rows, 2, 100_000), `data: ${data.rows} training rows; choose a whole number from 2 to 100000`);
  check(data.noise >= 0 && data.noise <= 1, `data: label noise ${data.noise}; choose a share from 0 to 1`);
  check(MODEL_FOLDERS.includes(model.folder), `model: unknown folder "${model.folder}"; choose one of ${MODEL_FOLDERS.join(', ')}`);
  check(whole(model.rank, 1, 256), `LoRA: rank ${model.rank}; choose a whole number from 1 to 256`);
  check(Number.isFinite(model.alpha) && model.alpha > 0, `LoRA: α ${model.alpha}; choose a number above 0`);
  check(model.targets.length > 0, 'LoRA: no target is chosen; choose at least one of q, k, v, o, up, down');
  for (const target of model.targets) check(LORA_TARGETS.includes(target), `LoRA: unknown target "${target}"; choose among ${LORA_TARGETS.join(', ')}`);
  problems.push(...dropoutProblems(config.dropout, layers));
  check(consistency.alpha >= 0 && Number.isFinite(consistency.alpha), `consistency: α ${consistency.alpha}; choose a number from 0 up`);
  if (consistency.kind !== 'none') {
    const regression = data.task === 'similarity';
    check(regression === (consistency.kind === 'mse'), regression
      ? `consistency: "${consistency.kind}" compares distributions, a regression has none; choose mse`
      : 'consistency: "mse" compares single outputs; choose kl, js_paper or jsd for a classification');
  }
  check(optimizer.learningRate >= 0 && Number.isFinite(optimizer.learningRate), `optimizer: learning rate ${optimizer.learningRate}; choose a number from 0 up`);
  check(whole(optimizer.batchSize, 1, 4096), `optimizer: batch of ${optimizer.batchSize} rows; choose a whole number from 1 to 4096`);
  check(optimizer.batchSize <= data.rows, `optimizer: batch of ${optimizer.batchSize} rows from ${data.rows} training rows; lower the batch or raise the rows`);
  check(whole(optimizer.steps, 1, 1_000_000), `optimizer: ${optimizer.steps} steps; choose a whole number from 1 to 1000000`);
  check(whole(optimizer.warmup, 0, optimizer.steps), `optimizer: ${optimizer.warmup} warm-up steps of ${optimizer.steps}; choose a whole number from 0 to ${optimizer.steps}`);
  check(optimizer.weightDecay >= 0 && Number.isFinite(optimizer.weightDecay), `optimizer: weight decay ${optimizer.weightDecay}; choose a number from 0 up`);
  check(optimizer.clip >= 0 && Number.isFinite(optimizer.clip), `optimizer: clip at ${optimizer.clip}; choose a norm above 0, or 0 for none`);
  check(optimizer.smoothing >= 0 && optimizer.smoothing < 1, `optimizer: label smoothing ${optimizer.smoothing}; choose 0 ≤ ε < 1`);
  check(whole(evaluation.every, 1, 1_000_000), `evaluation: every ${evaluation.every} steps; choose a whole number from 1 up`);
  check(whole(config.seed, 0, 0xffffffff), `seed: ${config.seed}; choose a whole number from 0 to 4294967295`);
  return problems;
}

/** The positions at which `config` really drops something. */
export function activePositions(config: RunConfig) {
  return POSITIONS.filter((position) => (config.dropout[position]?.p ?? 0) > 0);
}
