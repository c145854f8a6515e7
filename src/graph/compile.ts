/**
 * Tape → plan: the forward dispatches in the order of recording, then the backward ones in reverse, for those nodes only that lead to a
 * trained tensor. Buffers are placed by lifetime, so that the bytes of a plan are known before any is allocated.
 */
import { type CompileOptions, type Dispatch, Emitter } from './emitter';
import { Gradients } from './gradients';
import { place, type Placement } from './place';
import type { Node, Tape } from './tape';
import type { Tensor } from './tensor';

export interface Plan {
  dispatches: Dispatch[];
  /** The dispatches from … to − 1 finish a step: of several micro-batches only the last one runs them. */
  finish: { from: number; to: number };
  /** Whether gradients of parameters must be cleared before the first micro-batch. */
  accumulating: boolean;
  placement: Placement;
  /** Gradient of each parameter that the loss reaches. */
  parameterGradients: Map<Tensor, Tensor>;
  /** Those that some dispatch reads. */
  inputs: Tensor[];
  constants: Map<Tensor, Float32Array>;
  kept: Map<string, Tensor>;
  /** Bytes of the plan's own buffers. */
  bytes: number;
}

/**
 * @param parts.seeds gradients that come from outside, for tests of a single operation; losses need none, they are where the walk starts
 * @param parts.finish dispatches after the backward pass, once a step: gradient norm, optimizer
 * @param parts.report dispatches at the end of every micro-batch: the step's scalars
 */
export function compile(
  tape: Tape, options: CompileOptions,
  parts: {
    backward: boolean;
    /** Emits to = from, or to += from (kernels/add; handed in so that the graph depends on no kernel). */
    add: (emit: Emitter, from: Tensor, to: Tensor, accumulate: boolean) => void;
    /** What of the recorded nodes a GPU computes together (kernels/fusion); left out, and on software adapters: nothing. */
    fuse?: (tape: Tape, largestBuffer?: number) => readonly Node[];
    seeds?: Map<Tensor, Tensor>;
    finish?: (emit: Emitter, gradients: Gradients) => void;
    report?: (emit: Emitter) => void;
  },
): Plan {
  const emit = new Emitter(tape, options, parts.backward);
  const nodes = options.profile === 'gpu' && parts.fuse ? parts.fuse(tape, options.largestBuffer) : tape.nodes;
  for (const node of nodes) node.op.forward(emit, node);
  const gradients = new Gradients(tape, options, (from, to, accumulate) => parts.add(emit, from, to, accumulate));
  if (parts.backward) {
    for (const [tensor, seed] of parts.seeds ?? []) gradients.pass(tensor, seed);
    const firstProducer = new Map<Tensor, number>();
    nodes.forEach((node, index) => Object.values(node.outputs).forEach((output) => firstProducer.has(output) || firstProducer.set(output, index)));
    for (let index = nodes.length - 1; index >= 0; index--) {
      const node = nodes[index];
      backwardOf(node, emit, gradients);
      // What several operations added to is read by each of them; the first one reads it last.
      for (const output of Object.values(node.outputs)) if (firstProducer.get(output) === index) gradients.release(output);
    }
  }
  const from = emit.dispatches.length;
  parts.finish?.(emit, gradients);
  const finish = { from, to: emit.dispatches.length };
  parts.report?.(emit);
  const kept = new Set(tape.kept.values());
  const placement = place(emit.dispatches, kept);
  const bound = new Set(emit.dispatches.flatMap(({ bindings }) => Object.values(bindings)));
  return {
    dispatches: emit.dispatches,
    finish,
    accumulating: options.accumulating ?? false,
    placement,
    parameterGradients: gradients.ofParameters,
    inputs: tape.tensors.filter((tensor) => tensor.role === 'input' && bound.has(tensor)),
    constants: tape.constants,
    kept: tape.kept,
    bytes: placement.bytes + [...tape.constants.values()].reduce((sum, values) => sum + values.byteLength, 0),
  };
}

/** A node takes part when a gradient arrives at one of its outputs, or when it is a loss and something below is trained. */
function backwardOf(node: Node, emit: Emitter, gradients: Gradients): void {
  const trained = Object.values(node.inputs).some((input) => input?.needsGradient);
  const outputs = Object.values(node.outputs);
  const differentiated = outputs.some((output) => output.needsGradient);
  if (!trained || !differentiated) return;
  if (!node.op.backward) throw new Error(`plan: ${node.label} (${node.op.name}) lies above a trained tensor, but ${node.op.name} has no backward pass`);
  node.op.backward(emit, node, gradients);
}
