/** What is trained and how it is regularised: the part of a run that shapes the plan. Independent of data and of the page. */
import type { Consistency, DropoutRules } from '../config/dropout';

/** Linear layers that can be adapted; names and numbers as in masks.md. */
export const TARGETS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down', 'qkv'] as const;
export type Target = (typeof TARGETS)[number];

/** Which tensors are trained. The first five are LoRA and its kin, which differ in scale, start or rate. */
export const PEFT_KINDS = ['lora', 'rslora', 'dora', 'loraplus', 'pissa', 'prompt', 'prefix', 'adapter', 'bitfit', 'full'] as const;
export type PeftKind = (typeof PEFT_KINDS)[number];

export interface Method {
  peft: PeftKind;
  /** LoRA rank r, α and targets. */
  rank: number;
  alpha: number;
  targets: readonly Target[];
  /** LoRA+: how many times faster B learns than A. */
  ratio?: number;
  /** Prompt and prefix tuning: vectors in front of the tokens. */
  virtualTokens?: number;
  /** Houlsby adapters: width of the bottleneck. */
  bottleneck?: number;
  dropout: DropoutRules;
  consistency: Consistency;
}

/** The part of a method that says what is trained. */
export type Trained = Omit<Method, 'dropout' | 'consistency'>;

export const isLora = (peft: PeftKind) => ['lora', 'rslora', 'dora', 'loraplus', 'pissa'].includes(peft);

/** What the low-rank branch is multiplied by: α/r, or α/√r for rank-stabilised LoRA (Kalajdzievski 2023). */
export const loraScale = ({ peft, alpha, rank }: Pick<Method, 'peft' | 'alpha' | 'rank'>) => (peft === 'rslora' ? alpha / Math.sqrt(rank) : alpha / rank);

/** How the two passes of a consistency loss run: as one batch of twice the rows, or one after the other (less memory, more dispatches). */
export type Passes = 'doubled' | 'sequential';
