/** Dropout at a token-level position. */
import code from '../../shaders/dropout.wgsl?raw';
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/compile';
import { type Node, type Op, type Tape, type Tensor, width } from '../graph/tape';
import { type Pass, PATTERN_NUMBER, type Site } from './site';

const dropoutShader = shader('dropout', code, [random, stepUniform, masks]);

interface DropoutAttributes {
  pass: Pass;
  site: Site;
  /** Rows in front of each sample that are no tokens (prompt tuning): neither masked nor scaled. */
  virtualTokens: number;
}

function emitDropout(emit: Emitter, node: Node<DropoutAttributes>, label: string, x: Tensor, y: Tensor, options: { residual?: Tensor; accumulate?: 0 | 1 }): void {
  const { pass, site, virtualTokens } = node.attributes;
  const { lengths, spans } = node.inputs;
  const branches = x.shape[0] / pass.samples;
  const channels = width(x);
  const tokens = x.shape.length === 3 ? x.shape[1] - virtualTokens : 1;
  const count = pass.samples * tokens * channels;
  const groups = Math.ceil((Math.ceil(count / 4) + pass.samples * virtualTokens * channels) / 64);
  const across = Math.min(groups, 32768);
  const bindings: Record<string, Tensor> = { x, y };
  if (options.residual) bindings.residual = options.residual;
  if (site.pattern === 'span') Object.assign(bindings, { lengths, span_lengths: spans });
  emit.dispatch({
    label, shader: dropoutShader, entry: 'forward', bindings,
    overrides: { PATTERN: PATTERN_NUMBER[site.pattern], RESIDUAL: Number(options.residual !== undefined), ACCUMULATE: options.accumulate ?? 0 },
    params: {
      elements: count, tokens, width: channels, samples: pass.samples, virtual_tokens: virtualTokens,
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
 * @param x (S,V+T,D), or (S,D) for the output representation
 * @param inputs lengths (B) and spans (slots, B), for the span pattern
 * @param options.residual added to the result, in the same dispatch
 */
export function recordDropout(tape: Tape, label: string, x: Tensor, inputs: { lengths: Tensor; spans: Tensor }, pass: Pass, site: Site, options: { residual?: Tensor; virtualTokens?: number } = {}): Tensor {
  const { residual, virtualTokens = 0 } = options;
  const spans = site.pattern === 'span' ? inputs : {};
  return tape.record(dropout, label, { x, residual, ...spans }, { y: x.shape }, { pass, site, virtualTokens }).y;
}
