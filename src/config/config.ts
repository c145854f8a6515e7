/** A run, completely described: the same configuration and seed give the same curves. */
import { type Consistency, type DropoutRules, POSITIONS } from './dropout';
import type { PeftKind, Target } from './peft';
import type { Schedule } from './schedule';
import type { DataKind, TableMapping } from './tables';
import { isTask, TASK_FACTS } from './tasks';
import type { WeightFormat } from './weightFormats';

/** What of the held-out scores says that an evaluation is the best: the loss (transformers' default), or the metric. */
export const CHOOSERS = ['loss', 'metric'] as const;
export type Chooser = (typeof CHOOSERS)[number];

export interface RunConfig {
  data: {
    /** Reference of the rows (sources.ts), as text: a task of the page, or a table of another source. */
    source: string;
    /** How a table is read and divided; tasks of the page have none. */
    table?: TableMapping;
    /** Number of training rows: the overfitting knob. */
    rows: number;
    /** Share of a task's training labels replaced by a wrong one (classification) or by a random score (regression), 0…1. Tables stay as they are: 0. */
    noise: number;
    /** Greatest length of a row in tokens, special tokens included; longer ones lose their end. 0: as many as the model has positions for. */
    maxLength: number;
  };
  model: {
    /** Reference of the model (sources.ts), as text. Facts of it are looked up by this. */
    source: string;
    /** Reference of the adapter that the run begins with, as text; left out: it begins afresh. The fields below are that adapter's. */
    adapter?: string;
    /** Which tensors are trained; the fields below belong to some of the methods each. */
    peft: PeftKind;
    /** LoRA rank r. */
    rank: number;
    /** LoRA α; the low-rank branch is scaled by α/r (rsLoRA: α/√r). */
    alpha: number;
    targets: Target[];
    /** First layer that LoRA or adapters sit in, from 0 (peft's `layers_to_transform`). */
    fromLayer: number;
    /** LoRA+: how many times faster B learns than A. */
    ratio: number;
    /** Prompt and prefix tuning: trained vectors in front of the text. */
    virtualTokens: number;
    /** Houlsby adapters: width of the bottleneck. */
    bottleneck: number;
    /** How frozen weights are held on the device. */
    weights: WeightFormat;
  };
  dropout: DropoutRules;
  consistency: Consistency;
  optimizer: {
    learningRate: number;
    /** Rows of one forward and backward pass. */
    batchSize: number;
    /** M: batches whose gradients are averaged into one step. */
    accumulation: number;
    steps: number;
    /** Course of the learning rate after the warm-up. */
    schedule: Schedule;
    /** Steps over which the rate rises from 0. */
    warmup: number;
    /** Decoupled weight decay (not on biases). */
    weightDecay: number;
    /** Global gradient norm above which gradients are scaled down; 0 switches clipping off. */
    clip: number;
    /** Label smoothing ε of the cross-entropy; without meaning for a regression. */
    smoothing: number;
    /** λ of an L1 penalty λ·Σ|w| on the matrices A and B; 0 switches it off. */
    l1: number;
    /** NEFTune's α: uniform noise of bound α/√(L·D) on the token embeddings in training (arXiv 2310.05914); 0 switches it off. */
    neftune: number;
  };
  evaluation: {
    /** Optimizer steps between two evaluations. */
    every: number;
    /** Which held-out score says that an evaluation is the best: its step is what the test and an adapter take. */
    chooses: Chooser;
    /** Evaluations in a row without a better one after which the run ends; 0 never ends it early. */
    patience: number;
    /** Held-out rows that are scored while training. 0: all of them, or of texts that are written the first 128. */
    rows: number;
  };
  /** Seeds the data, the LoRA initialisation, the order of rows and every mask. u32. */
  seed: number;
}

/** Defaults, each with its reason. The preset's rows, noise, rate and steps are chosen so that plain LoRA overfits (tools/baselines). */
export const DEFAULT_CONFIG: RunConfig = {
  data: {
    source: 'sentiment', // mirrors SST-2, the paper's largest classification set
    rows: 192, // few rows for many epochs: overfitting within a minute
    noise: 0.2, // wrong labels can only be learned by heart, so learning by heart shows
    maxLength: 0, // nothing is cut that the model could read
  },
  model: {
    source: 'nano-encoder',
    rank: 8, // the paper's §4.1
    alpha: 16, // the paper's §4.1
    targets: ['q', 'v'], // LoRA's own default, and the paper's tables 6 and 7
    peft: 'lora',
    fromLayer: 0,
    ratio: 16, // LoRA+, arXiv 2402.12354
    virtualTokens: 8, // short texts: a prompt of 20 or more would outnumber their tokens
    bottleneck: 8, // about the parameters of rank 8
    weights: 'f32', // as most files have them, and as the golden cases were computed
  },
  dropout: {},
  consistency: { kind: 'none', alpha: 0.1, second: 'dropped_stopgrad', every: 1 }, // α 0.1: middle of the paper's grid 0.01 … 10
  optimizer: {
    learningRate: 6e-3, // high, for a small model and a short run
    batchSize: 16,
    accumulation: 1,
    steps: 200, // nearly 17 epochs
    schedule: 'linear', // the paper's, and transformers' default
    warmup: 10, // 5 % of the steps
    weightDecay: 0, // nothing but dropout shall regularise
    clip: 1, // transformers' default maximum norm
    smoothing: 0,
    l1: 0,
    neftune: 0,
  },
  evaluation: {
    every: 10, // often enough to see where the held-out loss turns
    chooses: 'loss', // transformers' default; it turns before the accuracy does
    patience: 0, // a run that overfits shows it only when it goes on
    rows: 0, // every held-out row makes the curve calmer
  },
  seed: 42,
};

/** What a run on these rows learns to give. */
export const kindOf = ({ source, table }: Pick<RunConfig['data'], 'source' | 'table'>): DataKind => table?.kind ?? (isTask(source) ? TASK_FACTS[source].kind : 'classification');

/** Whether a rate, a weight of a term or the learning rate changed: these are uniforms and take effect at the next step. */
export const UNIFORM_FIELDS = /^(dropout\.\w+\.(p|depth|time)|consistency\.alpha|optimizer\.(learningRate|weightDecay|clip|smoothing))$/;

/** Fields whose change records a new plan over the same weights, gradients and moments while the old plan goes on. */
export const PLAN_FIELDS = /^(dropout(\.\w+(\.(pattern|compensation|fromLayer))?)?|consistency(\.(kind|second|every))?|optimizer\.(l1|neftune))$/;

/** A change made while a run was going on; replaying it at `step` reproduces the run. `field` is a path such as `dropout.logits.p`. */
export interface Change {
  step: number;
  field: string;
  from: unknown;
  to: unknown;
}

/** The positions at which `config` really drops something. */
export function activePositions(config: RunConfig) {
  return POSITIONS.filter((position) => (config.dropout[position]?.p ?? 0) > 0);
}
