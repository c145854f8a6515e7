/** Pure: the three stages of one sentence under one place of dropout: logits, weights, hidden. */
import type { DropoutRule } from '../../config/dropout';
import type { AttentionView } from '../../protocol/messages';
import { type AttentionMask, attentionMask, droppedTokens, maskWeights, softmaxKept, tokenMask } from '../../store/maskGrid';

export type ShownPlace = 'logits' | 'weights' | 'hidden';

export interface Scene {
  n: number;
  logits: ArrayLike<number>;
  /** What the softmax gives before anything is dropped after it. */
  weights: Float64Array;
  /** Cells hatched in the logits, in the weights, and in the strip of hidden values. */
  droppedLogits: Uint8Array | undefined;
  droppedWeights: Uint8Array | undefined;
  droppedHidden: Uint8Array | undefined;
  channels: number;
  /** Queries to which the mask was not applied. */
  spared: boolean[];
  /** Tokens that are struck through in the sentence. */
  struck: boolean[];
  /** Share of all cells of the masked stage that is dropped. */
  share: number;
}

/** Channels shown of the hidden strip: enough to see a pattern. */
export const SHOWN_CHANNELS = 16;

const inverted = (keep: Uint8Array) => keep.map((kept) => 1 - kept);
const shareOf = (keep: Uint8Array) => keep.reduce((sum, kept) => sum + 1 - kept, 0) / keep.length;

export function sceneOf(place: ShownPlace, rule: DropoutRule, view: AttentionView, at: { step: number; layer: number; head: number }, dropping: boolean): Scene {
  const { mask, logits, tokens } = view;
  const n = tokens.length;
  const draw = { seed: mask.seed, step: at.step, layer: at.layer };
  const where = { sample: mask.sample, head: at.head, heads: mask.heads, tokens: mask.width, n };
  const all = new Uint8Array(n * n).fill(1);
  const none = Array<boolean>(n).fill(false);
  const scene: Scene = {
    n, logits, weights: softmaxKept(logits, all, n), droppedLogits: undefined, droppedWeights: undefined, droppedHidden: undefined,
    channels: Math.min(SHOWN_CHANNELS, mask.hidden), spared: none, struck: none, share: 0,
  };
  if (!dropping) return scene;
  // The picture shows this place by itself and in every layer, whatever else the sentence sets.
  const everywhere = { ...rule, fromLayer: 0 };
  if (place === 'hidden') {
    const keep = tokenMask('hidden', everywhere, draw, { sample: mask.sample, tokens: mask.width, width: mask.hidden, n }, scene.channels);
    return { ...scene, droppedHidden: inverted(keep), struck: droppedTokens(keep, n, 'row'), share: shareOf(keep) };
  }
  const drawn: AttentionMask = attentionMask(place, everywhere, draw, where);
  const common = { spared: drawn.spared, struck: droppedTokens(drawn.keep, n, 'key'), share: shareOf(drawn.keep) };
  if (place === 'logits') return { ...scene, ...common, droppedLogits: inverted(drawn.keep), weights: softmaxKept(logits, drawn.keep, n) };
  return { ...scene, ...common, droppedWeights: inverted(drawn.keep), weights: maskWeights(scene.weights, drawn, everywhere, n) };
}

/** Weights as they were before a mask after the softmax, so that what is lost stays faintly visible. */
export const cleanWeights = (scene: Scene) => softmaxKept(scene.logits, new Uint8Array(scene.n * scene.n).fill(1), scene.n);
