/**
 * What operations read and make.
 *
 * Shapes: activations have the samples first, (S, …). Where a consistency loss runs both passes as one batch, S = 2·B and the second
 * half is the second pass.
 */
/** `f16`, `int8`, `nf4`: frozen weights only. */
export type DataType = 'f32' | 'u32' | 'i32' | 'f16' | 'int8' | 'nf4';

/** How values lie in words of 32 bits: so many of them in so many bytes, of which no part is read without the rest. */
export const PACKING: Readonly<Record<DataType, { values: number; bytes: number }>> = {
  f32: { values: 1, bytes: 4 }, u32: { values: 1, bytes: 4 }, i32: { values: 1, bytes: 4 },
  f16: { values: 2, bytes: 4 }, int8: { values: 64, bytes: 68 }, nf4: { values: 64, bytes: 36 },
};

/**
 * Where a tensor lives: `activation` in a buffer of the plan, `weight` frozen, `parameter` trained, `input` written by the host every
 * step, `constant` written once, `shared` in a buffer that outlives the plan (the optimizer's arenas, the metrics ring).
 */
export type Role = 'activation' | 'weight' | 'parameter' | 'gradient' | 'input' | 'constant' | 'shared';

export interface Tensor {
  readonly id: number;
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: DataType;
  readonly role: Role;
  /** Whether a trained tensor lies below: only then is its gradient computed. */
  needsGradient: boolean;
  /**
   * Its first extent does not count the samples of the batch as it runs: made from weights and parameters alone, or recorded once for
   * both passes of a doubled batch. Its gradient then has its own shape, however many of the samples are differentiated.
   */
  readonly unbatched: boolean;
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** The last extent of a shape: its channels. */
export const width = (tensor: Tensor): number => tensor.shape[tensor.shape.length - 1];

/** The number of rows of a tensor seen as (rows, channels). */
export const rows = (tensor: Tensor): number => elements(tensor.shape) / width(tensor);

/** Makes tensors: the tape, as seen by an operation that writes its dispatches. */
export interface TensorMaker {
  tensor(label: string, shape: readonly number[], role: Role, type?: DataType): Tensor;
  /** The same object every time its label is asked for. */
  shared(label: string, shape: readonly number[]): Tensor;
}
