/** How far two passes are apart (KL, the paper's JS, Jensen–Shannon divergence, squared difference): a loss with two inputs. */
import code from '../../shaders/consistency.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import type { ConsistencyKind } from '../config/dropout';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import { rows, type Tensor, width } from '../graph/tensor';

const consistencyShader = shader('consistency', code, [stepUniform]);

const MEASURE: Record<Exclude<ConsistencyKind, 'none'>, number> = { kl: 0, js_paper: 1, jsd: 2, mse: 3 };

interface ConsistencyAttributes {
  kind: Exclude<ConsistencyKind, 'none'>;
  /** Rows of each pass. */
  count: number;
  /** Row at which each pass starts in its tensor. */
  firstRow: number;
  secondRow: number;
  /** Whether the second pass is differentiated too. */
  both: boolean;
}

/** values (N). dz of the first pass, and with `both` of the second, times α/rows; those with a second gradient are symmetric, so one entry point does both. */
export const consistency: Op<ConsistencyAttributes> = {
  name: 'consistency',
  forward(emit, { label, inputs, outputs, attributes }) {
    const { kind, count, firstRow, secondRow } = attributes;
    const classes = width(inputs.first!);
    const { constants, grid } = emit.reduction(count, classes);
    const bindings: Record<string, Tensor> = { first: inputs.first!, second: inputs.second!, values: outputs.values };
    if (inputs.labels) bindings.labels = inputs.labels;
    emit.dispatch({
      label, shader: consistencyShader, entry: 'forward', grid, bindings,
      constants: { ...constants, MEASURE: MEASURE[kind], LABELLED: Number(inputs.labels !== undefined) },
      params: { rows: count, classes, first_row: firstRow, second_row: secondRow, gradient_row: 0 },
    });
  },
  backward(emit, { label, inputs, attributes }, gradients) {
    const { kind, count, firstRow, secondRow, both } = attributes;
    const write = (name: string, of: Tensor, ofRow: number, other: Tensor, otherRow: number) => {
      const dz = gradients.into(of);
      if (!dz) return;
      const classes = width(of);
      const { constants, grid } = emit.reduction(count, classes);
      const bindings: Record<string, Tensor> = { first: of, second: other, dz: dz.tensor };
      if (inputs.labels) bindings.labels = inputs.labels;
      emit.dispatch({
        label: `${label} ${name}`, shader: consistencyShader, entry: 'backward', grid, bindings,
        constants: { ...constants, MEASURE: MEASURE[kind], LABELLED: Number(inputs.labels !== undefined), ACCUMULATE: dz.accumulate },
        params: { rows: count, classes, first_row: ofRow, second_row: otherRow, gradient_row: ofRow },
      });
    };
    // Each writes only its own rows of what may be one tensor, so neither may be the first to write it: the cross-entropy covers all
    // rows, and is recorded after this operation so that the backward walk reaches it first.
    write('dz1', inputs.first!, firstRow, inputs.second!, secondRow);
    if (both) write('dz2', inputs.second!, secondRow, inputs.first!, firstRow);
  },
};

/** Records the distance between `count` rows of two passes, which may lie in one tensor (a doubled batch) or in two. */
export function recordConsistency(tape: Tape, label: string, first: Tensor, second: Tensor, labels: Tensor | undefined, attributes: ConsistencyAttributes): Tensor {
  if (rows(first) < attributes.firstRow + attributes.count) throw new Error(`consistency: ${label} compares ${attributes.count} rows from row ${attributes.firstRow} of ${rows(first)}`);
  return tape.record(consistency, label, { first, second, labels }, { values: [attributes.count] }, attributes).values;
}
