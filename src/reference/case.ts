/** A short fine-tuning in the format of the golden cases' `case.json`, and what a run of it yields. */
import type { Compensation, Pattern, Position, SecondPass } from '../config/dropout';
import type { EncoderTarget } from '../config/peft';

export interface CaseRule {
  p: number;
  pattern: Pattern;
  compensation?: Compensation;
  from_layer?: number;
}

export interface CaseConsistency {
  kind: 'kl' | 'js_paper' | 'jsd' | 'mse';
  alpha: number;
  second?: SecondPass;
}

/** Rows of one forward and backward pass, padded on the right to one width T. */
export interface CaseBatch {
  /** [B][T] */
  input_ids: number[][];
  /** [B][T], 1 for a real token */
  attention_mask: number[][];
  /** [B] class numbers, or scores for a regression */
  labels: number[];
}

export interface CaseFile {
  name: string;
  arch: 'bert' | 'roberta';
  task: 'classification' | 'regression';
  n_labels: number;
  /** Seed of every mask, u32. */
  mask_seed: number;
  method: {
    peft: 'lora';
    targets: EncoderTarget[];
    r: number;
    alpha: number;
    dropout?: Partial<Record<Position, CaseRule>>;
    consistency?: CaseConsistency;
  };
  hyper: {
    lr: number;
    weight_decay: number;
    warmup: number;
    total: number;
    /** Absent or 0: gradients are not clipped. */
    clip?: number;
    smoothing?: number;
    /** Batches whose gradients make one step; left out: 1. `batches` then has so many for each step. */
    accumulation?: number;
    /** λ of the L1 penalty on A and B. */
    l1?: number;
    /** α of NEFTune's noise. */
    neftune?: number;
  };
  batches: CaseBatch[];
}

/** One row of `expected.json`. */
export interface StepResult {
  ce: number;
  consistency: number;
  loss: number;
  lr: number;
  /** Before clipping. */
  grad_norm: number;
}

/** A tensor in float64, row-major. */
export interface ReferenceTensor {
  shape: number[];
  values: Float64Array;
}

/** What `expected.json` and `expected.safetensors` hold. */
export interface CaseResult {
  perStep: StepResult[];
  /** `step0.logits[.branch1]`, `step0.grad.<tensor>`, `final.<tensor>`, `eval.logits` */
  tensors: Map<string, ReferenceTensor>;
}
