/** Which buffer each activation of a plan lives in: tensors whose lifetimes do not touch share one. */
import type { Dispatch } from './emitter';
import { elements, type Tensor } from './tensor';

export interface Placement {
  /** Buffer number of every activation. */
  bufferOf: Map<Tensor, number>;
  /** Bytes and first tenant of each buffer. */
  buffers: { bytes: number; label: string }[];
  bytes: number;
}

const ALIGNMENT = 256;
const sizeOf = (tensor: Tensor) => Math.ceil((elements(tensor.shape) * 4) / ALIGNMENT) * ALIGNMENT;

/**
 * Walks the dispatches in order; a tensor takes the smallest free buffer that is large enough (else the largest free one, grown) when it
 * is first used, and gives it back after its last use. Kept tensors never give theirs back.
 */
export function place(dispatches: Dispatch[], kept: ReadonlySet<Tensor>): Placement {
  const last = new Map<Tensor, number>();
  dispatches.forEach((dispatch, index) => {
    for (const tensor of Object.values(dispatch.bindings)) if (tensor.role === 'activation') last.set(tensor, index);
  });
  const bufferOf = new Map<Tensor, number>();
  const buffers: { bytes: number; label: string }[] = [];
  const free: number[] = [];
  dispatches.forEach((dispatch, index) => {
    const tenants = new Set(Object.values(dispatch.bindings).filter((tensor) => tensor.role === 'activation'));
    for (const tensor of tenants) {
      if (bufferOf.has(tensor)) continue;
      const bytes = sizeOf(tensor);
      free.sort((one, other) => buffers[one].bytes - buffers[other].bytes);
      const fitting = free.findIndex((buffer) => buffers[buffer].bytes >= bytes);
      const at = fitting >= 0 ? fitting : free.length - 1;
      let buffer: number;
      if (at >= 0) {
        [buffer] = free.splice(at, 1);
        if (buffers[buffer].bytes < bytes) buffers[buffer] = { bytes, label: tensor.label };
      } else {
        buffer = buffers.push({ bytes, label: tensor.label }) - 1;
      }
      bufferOf.set(tensor, buffer);
    }
    for (const tensor of tenants) {
      if (last.get(tensor) === index && !kept.has(tensor)) free.push(bufferOf.get(tensor)!);
    }
  });
  return { bufferOf, buffers, bytes: buffers.reduce((sum, buffer) => sum + buffer.bytes, 0) };
}
