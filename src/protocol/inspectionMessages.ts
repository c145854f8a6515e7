/** Looking into the model while it trains. */
import type { RunId } from './runMessages';

export interface InspectionPlace {
  row: number;
  layer: number;
  head: number;
}

/** Clean attention of one sentence in one head. The page draws masks itself, from the twin of the WGSL. */
export interface AttentionView {
  /** n display strings, special tokens included. */
  tokens: string[];
  /** Scaled logits, row-major [n, n]: query down, key across. */
  logits: Float32Array;
  /**
   * What the masks of this sentence are drawn with: it counts as sample `sample` of a batch whose rows are `width` tokens wide, of which
   * `tokens` are real; `hidden` is the width of the hidden states (masks.md). In a causal model a query sees no later key.
   */
  mask: { seed: number; sample: number; heads: number; width: number; tokens: number; hidden: number; causal: boolean };
}

export type InspectionCommand =
  /** Keep sending attention of this place (null: stop). `row` counts the validation rows. */
  | { type: 'inspect'; at: InspectionPlace | null };

export type InspectionEvent =
  | { type: 'inspected'; runId: RunId; step: number; at: InspectionPlace; attention: AttentionView };
