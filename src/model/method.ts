/** What is trained and how it is regularised: the part of a run that shapes the plan. Independent of data and of the page. */
import type { Consistency, DropoutRules } from '../config/dropout';
import type { WeightFormat } from '../config/weightFormats';
import { isVirtual, type PeftKind, type Target } from '../config/peft';

/** A low-rank branch of a layer that has its own. */
export interface Branch {
  rank: number;
  /** What the branch is multiplied by. */
  scale: number;
}

export interface Method {
  peft: PeftKind;
  /** LoRA rank r, α and targets. */
  rank: number;
  alpha: number;
  targets: readonly Target[];
  /** First layer that LoRA or adapters sit in, from 0 (peft's `layers_to_transform`). */
  fromLayer?: number;
  /** The branches by their module, where they differ or are not in every layer, as an adapter that was read may have it; rank, α, targets and first layer then say nothing. */
  branches?: ReadonlyMap<string, Branch>;
  /** LoRA+: how many times faster B learns than A. */
  ratio?: number;
  /** Prompt and prefix tuning: vectors in front of the tokens. */
  virtualTokens?: number;
  /** Houlsby adapters: width of the bottleneck. */
  bottleneck?: number;
  /** How frozen matrices are held on the device; left out: as float32. */
  weights?: WeightFormat;
  dropout: DropoutRules;
  consistency: Consistency;
  /** Whether an L1 penalty falls on A and B; its weight is a uniform. */
  penalised?: boolean;
  /** Whether NEFTune's noise falls on the token embeddings; its bound is a uniform. */
  noisy?: boolean;
}

/** The part of a method that says what is trained. */
export type Trained = Omit<Method, 'dropout' | 'consistency' | 'penalised' | 'noisy'>;

/** What the low-rank branch is multiplied by: α/r, or α/√r for rank-stabilised LoRA (Kalajdzievski 2023). */
export const loraScale = ({ peft, alpha, rank }: Pick<Method, 'peft' | 'alpha' | 'rank'>) => (peft === 'rslora' ? alpha / Math.sqrt(rank) : alpha / rank);

/** What the branch of `module` is multiplied by. */
export const branchScale = (trained: Pick<Method, 'peft' | 'alpha' | 'rank' | 'branches'>, module: string) => trained.branches?.get(module)?.scale ?? loraScale(trained);

/** Trained vectors in front of the rows of a model (prompt tuning), and in front of the keys of its attention (prompt and prefix tuning). */
export function virtualRowsOf({ peft, virtualTokens = 0 }: Pick<Method, 'peft' | 'virtualTokens'>): { rows: number; keys: number } {
  return { rows: peft === 'prompt' ? virtualTokens : 0, keys: isVirtual(peft) ? virtualTokens : 0 };
}

/** How the two passes of a consistency loss run: as one batch of twice the rows, or one after the other (less memory, more dispatches). */
export type Passes = 'doubled' | 'sequential';
