/**
 * Keys and values that outlive a plan, so that a decoder that writes computes each token once: a plan that fills the cache from whole prompts, and
 * one that adds a token to each sample and reads it.
 */
import type { Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { recordCacheGather } from '../kernels/cache_gather';
import { recordCacheWrite } from '../kernels/cache_write';
import type { ModelConfig } from './modelConfig';

/** The sizes of a cache. */
export interface CacheShape {
  /** S: samples, n for each row of a fill where each prompt has n beams. */
  samples: number;
  /** C: keys of a sample, virtual ones included. */
  keys: number;
  /** Whether samples share what they have in common: a step then takes each key from the row that `SOURCES` names. */
  shared: boolean;
}

/** What a recording does with a cache: `fill` computes whole rows, `step` one token of each sample behind what is there. */
export interface CacheUse {
  use: 'fill' | 'step';
  cache: CacheShape;
}

/** Labels of a step's inputs: in whose row of the cache a key of a sample lies (S,C) u32; cosines and sines of each sample's position (S, d/2, 2). */
export const SOURCES = 'cache sources';
export const ANGLES = 'angles of the step';

const WHAT = ['keys', 'values'] as const;
type What = (typeof WHAT)[number];

const labelOf = (what: What, layer: number) => `cache ${what} ${layer}`;
const shapeOf = ({ keyValueHeads, headSize }: ModelConfig, { samples, keys }: CacheShape) => [samples, keys, keyValueHeads * headSize];

/** Every tensor of a cache: its label among the shared ones, and its bytes. */
export function cacheTensors(config: ModelConfig, cache: CacheShape): { label: string; bytes: number }[] {
  const bytes = shapeOf(config, cache).reduce((product, extent) => product * extent, 4);
  return Array.from({ length: config.layers }, (_, layer) => WHAT.map((what) => ({ label: labelOf(what, layer), bytes }))).flat();
}

/**
 * Puts the keys or values of a layer into its cache and returns what attention reads: of a fill they themselves, of a step all that is there.
 * @param x (S,R,G·d), virtual ones in front where it is a fill
 * @param front virtual keys
 */
export function recordCached(tape: Tape, config: ModelConfig, { use, cache }: CacheUse, at: { what: What; layer: number; label: string }, x: Tensor, lengths: Tensor, front: number): Tensor {
  const stored = tape.shared(labelOf(at.what, at.layer), shapeOf(config, cache));
  recordCacheWrite(tape, at.label, x, stored, use === 'step' ? { lengths, front } : undefined);
  if (use === 'fill') return x;
  return cache.shared ? recordCacheGather(tape, `${at.label} gathered`, stored, tape.input(SOURCES, [cache.samples, cache.keys], 'u32'), lengths, front) : stored;
}
