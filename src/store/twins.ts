/**
 * Pure: DropKey and DropAttention under one mask. With the weights divided by their sum both attend alike; what differs is the gradient at the
 * logits, and with it what is learned (arXiv 2403.00812 §3.1 and appendix C).
 */
import { type Compensation, type DropoutRule } from '../config/dropout';
import { type AttentionMask, both, maskWeights, softmaxKept } from './maskGrid';

/**
 * Gradient at the logits, [n, n], of an objective whose gradient at the dropped weights is `delta`.
 * @param dropped weights as they are used, `clean` as the softmax gives them without a mask
 * @param whole whether the divisor is differentiated too (as DropKey's softmax does); else it counts as a constant
 */
export function logitGradient(dropped: ArrayLike<number>, clean: ArrayLike<number>, delta: ArrayLike<number>, n: number, whole: boolean): Float64Array {
  const gradient = new Float64Array(n * n);
  for (let start = 0; start < n * n; start += n) {
    let carried = 0;
    for (let at = start; at < start + n; at++) carried += dropped[at] * delta[at];
    for (let at = start; at < start + n; at++) gradient[at] = dropped[at] * delta[at] - (whole ? dropped : clean)[at] * carried;
  }
  return gradient;
}

export interface Twin {
  weights: Float64Array;
  gradient: Float64Array;
}

export interface Twins {
  key: Twin;
  attention: Twin;
  /** Largest difference of two weights. */
  apart: number;
  /** Cosine of the angle between the two gradients. */
  cosine: number;
  /** Of the length of DropAttention's gradient, the part at keys that were dropped, 0…1; DropKey has none there. */
  wasted: number;
}

const length = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

/** What both make of `logits` under `mask`, for the objective that every query attend more to the key it attends to most. */
export function twinsOf(logits: ArrayLike<number>, mask: AttentionMask, allowed: Uint8Array, rule: DropoutRule, compensation: Compensation, n: number): Twins {
  const clean = softmaxKept(logits, allowed, n);
  const key = softmaxKept(logits, both(mask.keep, allowed), n);
  const attention = maskWeights(clean, mask, { ...rule, compensation }, n);
  const delta = new Float64Array(n * n);
  for (let start = 0; start < n * n; start += n) delta[start + key.subarray(start, start + n).indexOf(Math.max(...key.subarray(start, start + n)))] = 1;
  const [one, other] = [logitGradient(key, clean, delta, n, true), logitGradient(attention, clean, delta, n, compensation === 'normalize')];
  const product = one.reduce((sum, value, at) => sum + value * other[at], 0);
  return {
    key: { weights: key, gradient: one }, attention: { weights: attention, gradient: other },
    apart: key.reduce((most, value, at) => Math.max(most, Math.abs(value - attention[at])), 0),
    cosine: product / (length(one) * length(other) || 1),
    wasted: length(other.filter((_, at) => !mask.keep[at])) / (length(other) || 1),
  };
}
