/** Pure: the three stages of one sentence under one place of dropout: logits, weights, hidden. */
import type { DropoutRule } from '../../config/dropout';
import type { AttentionView } from '../../protocol/inspectionMessages';
import { allowedKeys, type AttentionMask, attentionMask, both, droppedTokens, maskWeights, softmaxKept, tokenMask } from '../../store/maskGrid';

export type ShownPlace = 'logits' | 'weights' | 'hidden';

export interface Scene {
  n: number;
  /** 1 where a query sees a key; elsewhere the matrices stay blank. */
  allowed: Uint8Array;
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
const shareOf = (keep: Uint8Array, all = keep.length) => keep.reduce((sum, kept) => sum + 1 - kept, 0) / all;

/** @param rule with the rate that is in force at this layer and step */
export function sceneOf(place: ShownPlace, rule: DropoutRule, view: AttentionView, at: { step: number; layer: number; head: number; virtual: boolean }, dropping: boolean): Scene {
  const { mask, logits, tokens } = view;
  const n = tokens.length;
  const draw = { seed: mask.seed, step: at.step, layer: at.layer };
  const where = { sample: mask.sample, head: at.head, heads: mask.heads, tokens: mask.width, n, causal: mask.causal, virtual: at.virtual };
  const allowed = allowedKeys(n, mask.causal);
  const none = Array<boolean>(n).fill(false);
  const scene: Scene = {
    n, allowed, logits, weights: softmaxKept(logits, allowed, n), droppedLogits: undefined, droppedWeights: undefined, droppedHidden: undefined,
    channels: Math.min(SHOWN_CHANNELS, mask.hidden), spared: none, struck: none, share: 0,
  };
  if (!dropping) return scene;
  if (place === 'hidden') {
    const keep = tokenMask('hidden', rule, draw, { sample: mask.sample, tokens: mask.width, width: mask.hidden, n }, scene.channels);
    return { ...scene, droppedHidden: inverted(keep), struck: droppedTokens(keep, n, 'row'), share: shareOf(keep) };
  }
  const drawn: AttentionMask = attentionMask(place, rule, draw, where);
  const common = { spared: drawn.spared, struck: droppedTokens(drawn.keep, n, 'key', allowed), share: shareOf(drawn.keep, allowed.reduce((sum, sees) => sum + sees, 0)) };
  if (place === 'logits') return { ...scene, ...common, droppedLogits: inverted(drawn.keep), weights: softmaxKept(logits, both(drawn.keep, allowed), n) };
  return { ...scene, ...common, droppedWeights: inverted(drawn.keep), weights: maskWeights(scene.weights, drawn, rule, n) };
}

/** The same over so many draws, of this step and those that follow: nothing is hatched, and what is often dropped is pale. */
export function averageScene(place: ShownPlace, rule: DropoutRule, view: AttentionView, at: { step: number; layer: number; head: number; virtual: boolean }, draws: number): Scene & { kept?: Float64Array } {
  const scenes = Array.from({ length: draws }, (_, draw) => sceneOf(place, rule, view, { ...at, step: at.step + draw }, true));
  const [first] = scenes;
  const mean = (of: (scene: Scene) => ArrayLike<number>) => Float64Array.from(of(first), (_, cell) => scenes.reduce((sum, scene) => sum + of(scene)[cell], 0) / draws);
  return {
    ...first, weights: mean(({ weights }) => weights), droppedLogits: undefined, droppedWeights: undefined, droppedHidden: undefined, spared: first.spared.map(() => false), struck: first.struck.map(() => false),
    share: scenes.reduce((sum, { share }) => sum + share, 0) / draws, ...(first.droppedHidden && { kept: mean(({ droppedHidden }) => droppedHidden!).map((gone) => 1 - gone) }),
  };
}

/** Weights as they were before a mask after the softmax, so that what is lost stays faintly visible. */
export const cleanWeights = (scene: Scene) => softmaxKept(scene.logits, scene.allowed, scene.n);
