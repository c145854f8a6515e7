/** Row norms of an adapted weight, for DoRA. */
import code from '../../shaders/dora_norm.wgsl?raw';
import type { Op, Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { formFor, forms } from './weightFormats';

const doraNormShader = forms('dora_norm', code);

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
    const blocks = emit.blocksOf(inputs.weight!);
    if (transposed && blocks.length > 1) throw new Error(`plan: ${label} adds up rows of a weight that is larger than a kernel may be given, stored by inputs; choose another target than this one for DoRA, or LoRA`);
    for (const { block, tensor } of blocks) {
      const outputsHere = transposed ? O : block.rows;
      const { constants, grid } = emit.reduction(outputsHere, I);
      emit.dispatch({
        label, shader: formFor(doraNormShader, tensor), entry: 'forward', constants, grid,
        params: { outputs: outputsHere, first: transposed ? 0 : block.first, inputs: I, rank, weight_row: transposed ? 1 : I, weight_column: transposed ? O : 1, scale },
        bindings: { stored: tensor, a: inputs.a!, b: inputs.b!, norm: outputs.norm },
      });
    }
  },
};

export function recordDoraNorm(tape: Tape, label: string, weight: Tensor, a: Tensor, b: Tensor, attributes: DoraNormAttributes): Tensor {
  return tape.withoutGradients(() => tape.record(doraNorm, label, { weight, a, b }, { norm: [b.shape[0]] }, attributes).norm);
}
