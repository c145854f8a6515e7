/** Softmax over keys, with DropKey before it and DropAttention after it. */
import code from '../../shaders/attention_weights.wgsl?raw';
import attentionMasks from '../../shaders/lib/attention_masks.wgsl?raw';
import lastToken from '../../shaders/lib/last_token.wgsl?raw';
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';
import { type Pass, PATTERN_NUMBER, READ_NUMBER, type ReadRow, type Site } from './site';

const attentionShader = shader('attention_weights', code, [random, stepUniform, masks, lastToken, attentionMasks]);

export interface AttentionAttributes {
  pass: Pass;
  logits?: Site;
  weights?: Site;
  causal: boolean;
  /** Keys and queries in front that are no tokens (prefix: keys only; prompt: both). */
  virtualKeys?: number;
  virtualQueries?: number;
  /** Which query the only one of each sample is; left out: all are there. */
  read?: ReadRow;
}

/** Overrides that both passes share: which masks exist is part of the pipeline, so that an evaluate plan has no dropout code at all. */
export function maskConstants({ logits, weights, causal, read }: AttentionAttributes) {
  const compensation = weights?.compensation ?? 'normalize_stopgrad';
  return {
    LOGITS: PATTERN_NUMBER[logits?.pattern ?? 'none'],
    WEIGHTS: PATTERN_NUMBER[weights?.pattern ?? 'none'],
    NORMALIZE: Number(compensation.startsWith('normalize')),
    STOP: Number(compensation !== 'normalize'),
    CAUSAL: Number(causal),
    READ: READ_NUMBER[read ?? 'all'],
  };
}

/** w = softmax(g) over the keys left; dropped = w after the weights mask (the same tensor without one). Gradients as in the .wgsl. */
export const attentionWeights: Op<AttentionAttributes> = {
  name: 'attention_weights',
  forward(emit, { label, inputs, outputs, attributes }) {
    const [S, H, Tq, Tk] = inputs.g!.shape;
    const { pass, logits, weights, virtualKeys = 0, virtualQueries = 0 } = attributes;
    const { constants, grid } = emit.reduction(S * H * Tq, Tk);
    const bindings: Record<string, Tensor> = { g: inputs.g!, lengths: inputs.lengths!, w: outputs.w };
    if (inputs.spans) bindings.span_lengths = inputs.spans;
    if (outputs.dropped) bindings.dropped = outputs.dropped;
    emit.dispatch({
      label, shader: attentionShader, entry: 'forward', grid, bindings,
      constants: { ...constants, ...maskConstants(attributes) },
      params: {
        rows: S * H * Tq, keys: Tk, queries: Tq, heads: H, samples: pass.samples,
        logits_slot: logits?.slot ?? 0, logits_site: logits?.site ?? 0, weights_slot: weights?.slot ?? 0, weights_site: weights?.site ?? 0,
        branch: pass.branch, clean_branch: pass.cleanBranch, virtual_keys: virtualKeys, virtual_queries: virtualQueries,
      },
    });
  },
  backward(emit, { label, inputs, outputs, attributes }, gradients) {
    const after = outputs.dropped ?? outputs.w;
    const dAfter = gradients.of(after);
    const dg = dAfter && gradients.into(inputs.g);
    if (!dg) return;
    const [, H, Tq, Tk] = inputs.g!.shape;
    const count = elements(dg.tensor.shape) / Tk;
    const { constants, grid } = emit.reduction(count, Tk);
    const bindings: Record<string, Tensor> = { saved_dropped: after, d_dropped: dAfter, dg: dg.tensor };
    if (outputs.dropped) bindings.saved_w = outputs.w;
    emit.dispatch({
      label: `${label} dg`, shader: attentionShader, entry: 'backward', grid, bindings,
      // The backward pass reads what the masks left behind; which patterns they had makes no difference to it.
      constants: { ...constants, WEIGHTS: Number(outputs.dropped !== undefined), STOP: maskConstants(attributes).STOP, ACCUMULATE: dg.accumulate },
      params: {
        rows: count, keys: Tk, queries: Tq, heads: H, samples: attributes.pass.samples,
        logits_slot: 0, logits_site: 0, weights_slot: 0, weights_site: 0, branch: 0, clean_branch: 0, virtual_keys: 0, virtual_queries: 0,
      },
    });
  },
};

/**
 * @param g scaled logits (S,H,Tq,Tk)
 * @param inputs lengths (B) u32, and spans (slots, B) u32 where a rule has the span pattern
 * @returns the weights that multiply the values
 */
export function recordAttentionWeights(tape: Tape, label: string, g: Tensor, inputs: { lengths: Tensor; spans?: Tensor }, attributes: AttentionAttributes): Tensor {
  const needsSpans = attributes.logits?.pattern === 'span' || attributes.weights?.pattern === 'span';
  const given = { g, lengths: inputs.lengths, spans: needsSpans ? inputs.spans : undefined };
  if (!attributes.weights) return tape.record(attentionWeights, label, given, { w: g.shape }, attributes).w;
  return tape.record(attentionWeights, label, given, { w: g.shape, dropped: g.shape }, attributes).dropped;
}
