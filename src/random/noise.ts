/** TypeScript twin of `shaders/embedding_noise.wgsl`: NEFTune's noise on the token embeddings (Jain et al. 2023, arXiv 2310.05914). */
import { word } from './words';

/** `kind` of the site of the noise, one that no mask has (see KIND in masks.ts). */
export const NOISE_KIND = 96;

/** site = branch << 24 | kind << 16; embeddings have no layer. */
export const noiseSite = (branch: number): number => ((branch << 24) | (NOISE_KIND << 16)) >>> 0;

/** A word as a number in (−1, 1), evenly spaced about 0. */
export const symmetric = (bits: number): number => (bits + 0.5) / 2 ** 31 - 1;

/**
 * What is added to one entry of the [B,T,D] embeddings in training: u·α/√(L·D).
 * @param at seed, mask step and branch (0, or 1 for the second pass of a consistency loss)
 * @param extent tokens T and width D of the batch, and the sample's real tokens L
 */
export function embeddingNoise(
  at: { seed: number; step: number; branch: number }, alpha: number,
  index: { sample: number; token: number; channel: number }, extent: { tokens: number; width: number; n: number },
): number {
  if (index.token >= extent.n) return 0;
  const place = (index.sample * extent.tokens + index.token) * extent.width + index.channel;
  return (symmetric(word(at.seed, at.step, noiseSite(at.branch), place)) * alpha) / Math.sqrt(extent.n * extent.width);
}
