/**
 * The tape: a model records its operations here once per configuration. Nothing is computed while recording; `compile` turns the tape
 * into a flat list of dispatches over buffers whose sizes are known.
 */
import type { Emitter } from './emitter';
import type { Gradients } from './gradients';
import type { DataType, Role, Tensor, TensorMaker } from './tensor';

export interface Node<Attributes = unknown> {
  readonly op: Op<Attributes>;
  readonly label: string;
  readonly attributes: Attributes;
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** One operation: how its forward and its backward pass become dispatches. */
export interface Op<Attributes = unknown> {
  readonly name: string;
  /** Its output counts the samples of the batch even where its inputs do not. */
  readonly batched?: true;
  forward(emit: Emitter, node: Node<Attributes>): void;
  /** Absent for operations below every trained tensor. */
  backward?(emit: Emitter, node: Node<Attributes>, gradients: Gradients): void;
}

function isTensor(given: readonly number[] | Tensor): given is Tensor {
  return 'role' in given;
}

export class Tape implements TensorMaker {
  readonly nodes: Node[] = [];
  readonly tensors: Tensor[] = [];
  /** Tensors that must survive to the end of the step, by name, so that the host can read them. */
  readonly kept = new Map<string, Tensor>();
  readonly constants = new Map<Tensor, Float32Array>();
  private readonly named = new Map<string, Tensor>();
  private readonly remembered = new Map<string, unknown>();
  private frozen = false;
  private single = false;

  /** @param wanted names of tensors, offered while recording, that shall be kept */
  constructor(private readonly wanted: ReadonlySet<string> = new Set()) {}

  tensor(label: string, shape: readonly number[], role: Role, type: DataType = 'f32', needsGradient = false, unbatched = false): Tensor {
    for (const extent of shape) if (!Number.isInteger(extent) || extent < 1) throw new Error(`tape: ${label} has shape [${shape}]; every extent must be a whole number above 0`);
    const tensor: Tensor = { id: this.tensors.length, label, shape, type, role, needsGradient, unbatched };
    this.tensors.push(tensor);
    return tensor;
  }

  /** A weight, parameter, input or shared tensor: the same object every time it is asked for. */
  nameOrMake(label: string, shape: readonly number[], role: Exclude<Role, 'activation' | 'gradient'>, type: DataType = 'f32'): Tensor {
    const key = `${role}/${label}`;
    let tensor = this.named.get(key);
    if (!tensor) {
      tensor = this.tensor(label, shape, role, type, role === 'parameter');
      this.named.set(key, tensor);
    }
    if (tensor.shape.join() !== shape.join()) throw new Error(`tape: ${label} has shape [${tensor.shape}], asked for as [${shape}]`);
    if (tensor.type !== type) throw new Error(`tape: ${label} holds ${tensor.type}, asked for as ${type}`);
    return tensor;
  }

  weight(label: string, shape: readonly number[], type: DataType = 'f32'): Tensor {
    return this.nameOrMake(label, shape, 'weight', type);
  }

  parameter(label: string, shape: readonly number[]): Tensor {
    return this.nameOrMake(label, shape, 'parameter');
  }

  input(label: string, shape: readonly number[], type: DataType): Tensor {
    return this.nameOrMake(label, shape, 'input', type);
  }

  /** Values that never change, such as the angles of rotary positions; uploaded when the plan is made real. */
  constant(label: string, shape: readonly number[], values: () => Float32Array): Tensor {
    const tensor = this.nameOrMake(label, shape, 'constant');
    if (!this.constants.has(tensor)) this.constants.set(tensor, values());
    return tensor;
  }

  shared(label: string, shape: readonly number[], type: DataType = 'f32'): Tensor {
    return this.nameOrMake(label, shape, 'shared', type);
  }

  /**
   * Records `op`. `outputs` gives the shapes of new tensors, or an existing tensor that the operation adds to (its earlier producers
   * then share its gradient).
   */
  record<A, Outputs extends Record<string, readonly number[] | Tensor>>(
    op: Op<A>, label: string, inputs: Record<string, Tensor | undefined>, outputs: Outputs, attributes: A,
  ): { [K in keyof Outputs]: Tensor } {
    const needsGradient = !this.frozen && Object.values(inputs).some((input) => input?.needsGradient);
    const unbatched = !op.batched && (this.single || Object.values(inputs).every((input) => !input || input.unbatched || ['weight', 'parameter', 'constant'].includes(input.role)));
    const made = {} as { [K in keyof Outputs]: Tensor };
    for (const name of Object.keys(outputs) as (keyof Outputs & string)[]) {
      const given = outputs[name];
      if (isTensor(given)) {
        given.needsGradient ||= needsGradient;
        made[name] = given;
      } else {
        made[name] = this.tensor(`${label}.${name}`, given, 'activation', 'f32', needsGradient, unbatched);
      }
    }
    this.nodes.push({ op: op as Op, label, attributes, inputs, outputs: made });
    return made;
  }

  /** Records what `build` records without gradients: a teacher pass that is not differentiated. */
  withoutGradients<T>(build: () => T): T {
    const before = this.frozen;
    this.frozen = true;
    try {
      return build();
    } finally {
      this.frozen = before;
    }
  }

  /** Records what `build` records once for both passes of a doubled batch: with B samples where the rest of the tape has 2·B. */
  once<T>(build: () => T): T {
    const before = this.single;
    this.single = true;
    try {
      return build();
    } finally {
      this.single = before;
    }
  }

  /** What `make` records, once for all recordings on this tape that ask for it under one name; apart with and without gradients. */
  remember<T>(name: string, make: () => T): T {
    const key = `${this.frozen}/${name}`;
    if (!this.remembered.has(key)) this.remembered.set(key, make());
    return this.remembered.get(key) as T;
  }

  /** Makes `tensor` survive to the end of the step, so that the host can read it. */
  keep(name: string, tensor: Tensor): void {
    this.kept.set(name, tensor);
  }

  /** Offers `tensor` to be kept, and returns it; it is kept when the name was asked for. */
  keepable(name: string, tensor: Tensor): Tensor {
    if (this.wanted.has(name)) this.keep(name, tensor);
    return tensor;
  }
}
