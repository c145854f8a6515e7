/** What every engine trains: sizes, first weights drawn from a hash of each tensor's name, and batches, the same numbers for all. */

/** Encoders: RoBERTa's layout, two classes read from the first token. Decoders: GPT-2's layout, a loss at every token, tied embeddings. */
export interface PeerShape {
  kind: 'encoder' | 'decoder';
  /** Width d of the residual stream; the feed-forward block is four times as wide. */
  hidden: number;
  tokens: number;
  samples: number;
  vocabulary: number;
  layers: number;
  heads: number;
}

export const PEER_SHAPES: Record<string, PeerShape> = {
  small: { kind: 'encoder', hidden: 64, tokens: 32, samples: 4, vocabulary: 256, layers: 2, heads: 4 },
  medium: { kind: 'encoder', hidden: 128, tokens: 64, samples: 8, vocabulary: 2000, layers: 2, heads: 4 },
  lm: { kind: 'decoder', hidden: 128, tokens: 64, samples: 4, vocabulary: 2000, layers: 2, heads: 4 },
};

export const RANK = 8;
export const ALPHA = 16;
export const LEARNING_RATE = 1e-3;
export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const EPSILON = 1e-8;
export const NORM_EPSILON = 1e-5;
/** RoBERTa counts positions from the padding id + 1. */
export const FIRST_POSITION = 2;
/** Rate at which elements of the attention weights are dropped, where they are. */
export const DROPOUT = 0.1;
/** Batches that come in turn. */
export const BATCHES = 10;

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Mulberry32: uniform numbers in [0, 1). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Mean and deviation of a tensor: large enough that every part of the model matters to the loss. B is not zero, so that A has a gradient at
 * the first step: of a gradient that is rounding alone Adam makes whole steps in a direction that differs from engine to engine.
 */
function distribution(name: string, shape: readonly number[]): [mean: number, deviation: number] {
  if (/LayerNorm\.weight$|\.ln_\w+\.weight$/.test(name)) return [1, 0.1];
  if (name.endsWith('bias')) return [0, 0.05];
  if (/\.(wte|wpe)\./.test(name)) return [0, 0.1];
  if (name.includes('embeddings')) return [0, 0.5];
  if (name.endsWith('lora_B')) return [0, 0.1];
  const inputs = /\.(c_attn|c_proj|c_fc)\.weight$/.test(name) ? shape[0] : shape[1];
  return [0, 1 / Math.sqrt(inputs)];
}

/** Values of the tensor that transformers calls `name`. */
export function valuesOf(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const [mean, deviation] = distribution(name, shape);
  const next = uniforms(hash(name));
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Float32Array.from({ length: count }, () => mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

/** Batch of a step, all rows full: ids (B·T) and labels, (B) classes or (B·T) next tokens. */
export function batchOf({ kind, tokens, samples, vocabulary }: PeerShape, step: number): { ids: Uint32Array; labels: Int32Array } {
  const next = uniforms(1000 + (step % BATCHES));
  const ids = new Uint32Array(samples * tokens);
  const labels = new Int32Array(kind === 'decoder' ? samples * tokens : samples);
  for (let b = 0; b < samples; b++) {
    const row = Array.from({ length: tokens + 1 }, () => 5 + Math.floor(next() * (vocabulary - 5)));
    ids.set(row.slice(0, tokens), b * tokens);
    if (kind === 'decoder') labels.set(row.slice(1), b * tokens);
    else labels[b] = next() < 0.5 ? 0 : 1;
  }
  return { ids, labels };
}
