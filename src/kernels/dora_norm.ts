/** Row norms of an adapted weight, for DoRA. */
import code from '../../shaders/dora_norm.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';

const doraNormShader = shader('dora_norm', code);

interface DoraNormAttributes {
  scale: number;
  /** The weight is stored (inputs, outputs), as GPT-2's are. */
  transposed: boolean;
}

/** norm (O) of W + s·B·A by output rows; not differentiated. */
export const doraNorm: Op<DoraNormAttributes> = {
  name: 'dora_norm',
  forward(emit, { label, inputs, outputs, attributes: { scale, transposed } }) {
    const [rank, I] = inputs.a!.shape;
    const [O] = inputs.b!.shape;
    const { constants, grid } = emit.reduction(O, I);
    emit.dispatch({
      label, shader: doraNormShader, entry: 'forward', constants, grid,
      params: { outputs: O, inputs: I, rank, weight_row: transposed ? 1 : I, weight_column: transposed ? O : 1, scale },
      bindings: { weight: inputs.weight!, a: inputs.a!, b: inputs.b!, norm: outputs.norm },
    });
  },
};

export function recordDoraNorm(tape: Tape, label: string, weight: Tensor, a: Tensor, b: Tensor, attributes: DoraNormAttributes): Tensor {
  return tape.withoutGradients(() => tape.record(doraNorm, label, { weight, a, b }, { norm: [b.shape[0]] }, attributes).norm);
}
