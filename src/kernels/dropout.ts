/** Dropout at a token-level position. */
import code from '../../shaders/dropout.wgsl?raw';
import lastToken from '../../shaders/lib/last_token.wgsl?raw';
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { Node, Op, Tape } from '../graph/tape';
import { type Tensor, width } from '../graph/tensor';
import { type Pass, PATTERN_NUMBER, READ_NUMBER, type ReadRow, type Site } from './site';

const dropoutShader = shader('dropout', code, [random, stepUniform, masks, lastToken]);

export interface DropoutAttributes {
  pass: Pass;
  site: Site;
  /** Rows in front of each sample that are no tokens (prompt tuning): neither masked nor scaled. */
  virtualTokens: number;
  /** Which of its `tokens` rows a sample of (S,D) is. */
  read?: { row: ReadRow; tokens: number };
}

export function emitDropout(emit: Emitter, node: Node<DropoutAttributes>, label: string, x: Tensor, y: Tensor, options: { residual?: Tensor; accumulate?: 0 | 1 }): void {
  const { pass, site, virtualTokens, read } = node.attributes;
  const { lengths, spans } = node.inputs;
  const branches = x.shape[0] / pass.samples;
  const channels = width(x);
  const tokens = x.shape.length === 3 ? x.shape[1] - virtualTokens : 1;
  const count = pass.samples * tokens * channels; // of a branch
  const groups = Math.ceil((Math.ceil(count / 4) + pass.samples * virtualTokens * channels) / 64);
  const across = Math.min(groups, 32768);
  const bindings: Record<string, Tensor> = { x, y };
  if (options.residual) bindings.residual = options.residual;
  if (lengths) bindings.lengths = lengths;
  if (spans) bindings.span_lengths = spans;
  emit.dispatch({
    label, shader: dropoutShader, entry: 'forward', bindings,
    constants: { PATTERN: PATTERN_NUMBER[site.pattern], READ: READ_NUMBER[read?.row ?? 'all'], RESIDUAL: Number(options.residual !== undefined), ACCUMULATE: options.accumulate ?? 0 },
    params: {
      elements: count, tokens: read?.tokens ?? tokens, width: channels, samples: pass.samples, virtual_tokens: virtualTokens,
      slot: site.slot, site: site.site, branch: pass.branch, clean_branch: pass.cleanBranch, row_stride: across * 64,
    },
    grid: [across, Math.ceil(groups / across), branches],
  });
}

/** y = x·m·ρ, or residual + x·m·ρ. dx = dy·m·ρ with the mask drawn again; d(residual) = dy. */
export const dropout: Op<DropoutAttributes> = {
  name: 'dropout',
  forward(emit, node) {
    emitDropout(emit, node, node.label, node.inputs.x!, node.outputs.y, { residual: node.inputs.residual });
  },
  backward(emit, node, gradients) {
    const dy = gradients.of(node.outputs.y);
    if (!dy) return;
    const dx = gradients.into(node.inputs.x);
    if (dx) emitDropout(emit, node, `${node.label} dx`, dy, dx.tensor, { accumulate: dx.accumulate });
    gradients.pass(node.inputs.residual, dy);
  },
};

/**
 * @param x (S,V+T,D), or (S,D) for the output representation and where only the row that a head reads is there
 * @param inputs lengths (B) and spans (slots, B), for the span pattern
 * @param options.residual added to the result, in the same dispatch
 * @param options.read which of its `tokens` rows a sample is, where only one is there
 */
export function recordDropout(tape: Tape, label: string, x: Tensor, inputs: { lengths: Tensor; spans: Tensor }, pass: Pass, site: Site, options: { residual?: Tensor; virtualTokens?: number; read?: DropoutAttributes['read'] } = {}): Tensor {
  const { residual, virtualTokens = 0, read } = options;
  const spanned = site.pattern === 'span';
  const needed = { lengths: spanned || read?.row === 'last' ? inputs.lengths : undefined, spans: spanned ? inputs.spans : undefined };
  return tape.record(dropout, label, { x, residual, ...needed }, { y: x.shape }, { pass, site, virtualTokens, read }).y;
}
