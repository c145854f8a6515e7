/**
 * Which buffer the gradient of a tensor is in, while the tape is walked backwards.
 *
 * Accumulation policy, stated once: the first dispatch that writes a gradient assigns, every later one adds (ACCUMULATE). Nothing is
 * ever zero-filled, with one exception: in a plan that runs several times a step (`accumulating`) every write of a parameter's gradient
 * adds, and whoever runs it clears these gradients before the first time.
 */
import type { CompileOptions } from './emitter';
import type { Tensor, TensorMaker } from './tensor';

export interface GradientTarget {
  tensor: Tensor;
  /** 1 where something was written before: the kernel must add. */
  accumulate: 0 | 1;
}

/**
 * Gradients while the tape is walked backwards. A gradient that passes an operation unchanged (a residual connection) shares its buffer;
 * whoever wants to add to a shared buffer gets a copy, unless the others have been read for the last time.
 */
export class Gradients {
  private readonly made = new Map<Tensor, Tensor>();
  /** Tensors whose gradient is this one and will still be read. */
  private readonly readers = new Map<Tensor, Set<Tensor>>();
  readonly ofParameters = new Map<Tensor, Tensor>();

  constructor(private readonly tape: TensorMaker, private readonly options: CompileOptions, private readonly emitAdd: (from: Tensor, to: Tensor, accumulate: boolean) => void) {}

  /** Gradient of an output, undefined where none arrives. */
  of(tensor: Tensor): Tensor | undefined {
    return this.made.get(tensor);
  }

  /** Where the gradient of `tensor` goes; undefined: nobody needs it, emit nothing. */
  into(tensor: Tensor | undefined): GradientTarget | undefined {
    if (!tensor?.needsGradient) return undefined;
    const before = this.made.get(tensor);
    if (!before) return { tensor: this.set(tensor, this.create(tensor)), accumulate: this.options.accumulating && tensor.role === 'parameter' ? 1 : 0 };
    if (this.readers.get(before)!.size === 1) return { tensor: before, accumulate: 1 };
    this.release(tensor);
    const own = this.set(tensor, this.create(tensor));
    this.emitAdd(before, own, false);
    return { tensor: own, accumulate: 1 };
  }

  /** The gradient of `tensor` is `gradient` itself: shares its buffer where it can, else copies or adds. */
  pass(tensor: Tensor | undefined, gradient: Tensor): void {
    if (!tensor?.needsGradient) return;
    if (!this.made.has(tensor) && tensor.role === 'activation') {
      this.set(tensor, gradient);
      return;
    }
    const target = this.into(tensor);
    if (target) this.emitAdd(gradient, target.tensor, target.accumulate === 1);
  }

  /** Says that the gradient of `tensor` has been read for the last time. */
  release(tensor: Tensor): void {
    const gradient = this.made.get(tensor);
    if (gradient) this.readers.get(gradient)!.delete(tensor);
  }

  private set(tensor: Tensor, gradient: Tensor): Tensor {
    this.made.set(tensor, gradient);
    let readers = this.readers.get(gradient);
    if (!readers) {
      // A gradient that came from outside stays as it is: it counts as a reader of itself.
      readers = new Set(gradient.role === 'input' ? [gradient] : []);
      this.readers.set(gradient, readers);
    }
    readers.add(tensor);
    return gradient;
  }

  private create(tensor: Tensor): Tensor {
    if (tensor.role === 'parameter') {
      const gradient = this.tape.tensor(tensor.label, tensor.shape, 'gradient');
      this.ofParameters.set(tensor, gradient);
      return gradient;
    }
    if (tensor.unbatched) return this.tape.tensor(`d(${tensor.label})`, tensor.shape, 'activation');
    const { samples, gradientSamples } = this.options;
    const shape = [(tensor.shape[0] / samples) * gradientSamples, ...tensor.shape.slice(1)];
    return this.tape.tensor(`d(${tensor.label})`, shape, 'activation');
  }
}
