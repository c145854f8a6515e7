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

/** A tensor from its first dispatch to its last, both included. */
interface Life {
  tensor: Tensor;
  bytes: number;
  from: number;
  to: number;
}

/** Those of all activations, in the order of their first use. Kept tensors live to the end. */
function livesOf(dispatches: Dispatch[], kept: ReadonlySet<Tensor>): Life[] {
  const lives = new Map<Tensor, Life>();
  dispatches.forEach(({ bindings }, index) => {
    for (const tensor of Object.values(bindings)) {
      if (tensor.role !== 'activation') continue;
      const life = lives.get(tensor);
      if (life) life.to = Math.max(life.to, index);
      else lives.set(tensor, { tensor, bytes: sizeOf(tensor), from: index, to: kept.has(tensor) ? Infinity : index });
    }
  });
  return [...lives.values()];
}

/** Most bytes that are in use at once: no placement takes less. */
export function liveBytes(dispatches: Dispatch[], kept: ReadonlySet<Tensor>): number {
  const changes = new Float64Array(dispatches.length + 1);
  for (const { bytes, from, to } of livesOf(dispatches, kept)) {
    changes[from] += bytes;
    if (to < dispatches.length) changes[to + 1] -= bytes;
  }
  let now = 0;
  return changes.reduce((most, change) => Math.max(most, (now += change)), 0);
}

/**
 * The largest first, each into the smallest buffer whose tenants live at other times, else into a new one: the small ones find room in what the
 * large ones leave. The same plan is placed in the same way every time.
 */
export function place(dispatches: Dispatch[], kept: ReadonlySet<Tensor>): Placement {
  const bufferOf = new Map<Tensor, number>();
  const buffers: (Placement['buffers'][number] & { tenants: Life[] })[] = [];
  // The sort is stable: of one size, the first used comes first.
  for (const life of livesOf(dispatches, kept).sort((one, other) => other.bytes - one.bytes)) {
    let found = -1;
    // Later ones are smaller, and all are large enough.
    for (let buffer = buffers.length - 1; buffer >= 0 && found < 0; buffer--) {
      if (buffers[buffer].tenants.every(({ from, to }) => to < life.from || life.to < from)) found = buffer;
    }
    if (found < 0) found = buffers.push({ bytes: life.bytes, label: life.tensor.label, tenants: [] }) - 1;
    buffers[found].tenants.push(life);
    bufferOf.set(life.tensor, found);
  }
  return { bufferOf, buffers: buffers.map(({ bytes, label }) => ({ bytes, label })), bytes: buffers.reduce((sum, { bytes }) => sum + bytes, 0) };
}
