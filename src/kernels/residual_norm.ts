/** A residual addition, with or without a mask on what is added, and the norm that follows, in one. For GPUs; `fusion` puts it where the operations stand. */
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import code from '../../shaders/residual_norm.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { GradientTarget } from '../graph/gradients';
import type { Node, Op } from '../graph/tape';
import { rows, type Tensor, width } from '../graph/tensor';
import { dropout, type DropoutAttributes, emitDropout } from './dropout';
import { emitNormParameters } from './norm';
import { PATTERN_NUMBER } from './site';

const residualNormShader = shader('residual_norm', code, [random, stepUniform, masks]);

export interface ResidualNorm {
  epsilon: number;
  /** The mask on x, as it was recorded. */
  drop?: DropoutAttributes;
}

/** Whether this kernel draws the masks of a rule: elements and whole tokens of samples whose rows are all tokens. */
export const draws = ({ site, virtualTokens, read }: DropoutAttributes): boolean => site.pattern !== 'span' && virtualTokens === 0 && read?.row !== 'last';

function launch(emit: Emitter, { inputs, attributes: { epsilon, drop } }: Node<ResidualNorm>, x: Tensor, masked: boolean) {
  const C = width(x);
  const { constants, grid } = emit.reduction(rows(x), C);
  const rowsRead = x.shape.length === 3 ? x.shape[1] : 1;
  return {
    shader: residualNormShader, grid,
    constants: { ...constants, CENTRED: Number(inputs.beta !== undefined), PATTERN: PATTERN_NUMBER[(masked && drop?.site.pattern) || 'none'] },
    params: {
      rows: rows(x), columns: C, epsilon, rows_read: rowsRead, tokens: drop?.read?.tokens ?? rowsRead, samples: drop?.pass.samples ?? 1,
      slot: drop?.site.slot ?? 0, site: drop?.site.site ?? 0, branch: drop?.pass.branch ?? 0, clean_branch: drop?.pass.cleanBranch ?? 0,
    },
  };
}

/** s = residual + x (dropped), y = norm(s). ds is the gradient of the residual, and of x too where nothing is dropped. */
export const residualNorm: Op<ResidualNorm> = {
  name: 'residual_norm',
  forward(emit, node) {
    const { label, inputs: { x, residual, gamma, beta }, outputs: { s, y, statistics } } = node;
    emit.dispatch({ label, entry: 'forward', ...launch(emit, node, x!, true), bindings: { x: x!, residual: residual!, gamma: gamma!, beta: beta ?? gamma!, s, y, statistics } });
  },
  backward(emit, node, gradients) {
    const { label, inputs: { x, residual, gamma, beta }, outputs: { s, y, statistics }, attributes: { drop } } = node;
    const dy = gradients.of(y);
    const ds = dy && gradients.into(s);
    const masked = drop && (ds ?? gradients.of(s)) ? gradients.into(x) : undefined;
    if (dy && ds) emitBoth(emit, node, dy, ds, masked);
    if (dy) emitNormParameters(emit, label, { x: s, dy, statistics, gamma: gamma!, beta }, gradients);
    const whole = gradients.of(s);
    if (!whole) return;
    // Others may read s, while nothing comes through the norm.
    if (!ds && masked) emitDropout(emit, { op: dropout as Op, label, attributes: drop!, inputs: node.inputs, outputs: { y: s } }, `${label} dx`, whole, masked.tensor, { accumulate: masked.accumulate });
    gradients.pass(residual, whole);
    if (!drop) gradients.pass(x, whole);
  },
};

function emitBoth(emit: Emitter, node: Node<ResidualNorm>, dy: Tensor, ds: GradientTarget, masked?: GradientTarget): void {
  const { label, inputs: { gamma }, outputs: { s, statistics } } = node;
  const { constants, ...rest } = launch(emit, node, dy, masked !== undefined);
  emit.dispatch({
    label: `${label} dx`, entry: 'backward', ...rest,
    constants: { ...constants, ACCUMULATE: ds.accumulate, ACCUMULATE_X: masked?.accumulate ?? 0 },
    bindings: { saved_s: s, saved: statistics, gamma: gamma!, dy, ds: ds.tensor, ...(masked && { dx: masked.tensor }) },
  });
}
