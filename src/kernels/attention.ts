/** Attention in one: logits, masks, softmax and mix of values, without a matrix of queries × keys. For GPUs; `fusion` puts it where the three operations stand. */
import code from '../../shaders/attention.wgsl?raw';
import attentionMasks from '../../shaders/lib/attention_masks.wgsl?raw';
import lastToken from '../../shaders/lib/last_token.wgsl?raw';
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Dispatch, Emitter } from '../graph/emitter';
import type { Node, Op } from '../graph/tape';
import { type Tensor, width } from '../graph/tensor';
import { type AttentionAttributes, maskConstants } from './attention_weights';

const attentionShader = shader('attention', code, [random, stepUniform, masks, lastToken, attentionMasks]);

export interface WholeAttention extends AttentionAttributes {
  /** Query heads. */
  heads: number;
  scale: number;
}

/** Products that each entry point goes through for every query and key, each over the channels of a head. */
const PRODUCTS: Readonly<Record<string, number>> = { forward: 2, queries: 3, keys: 4 };

/** Multiply-adds of a dispatch, 0 where it is none of attention: what masks and causality leave out counts too. */
export const attentionMultiplyAdds = ({ shader: of, entry, params, constants, grid }: Pick<Dispatch, 'shader' | 'entry' | 'params' | 'constants' | 'grid'>): number =>
  (of === attentionShader ? PRODUCTS[entry] * grid[2] * params.heads * params.queries * params.keys * constants.HEAD : 0);

/** Floats that are kept of a row of the attention matrix. */
export const STATISTICS = 6;

/** Invocations a sample: where it has fewer rows, several lanes share one. Not of the whole batch, so that a pass has the same bits alone as in a doubled one. */
const FILLED = 2048;

/** Lanes that share one of `count` rows of a sample, a power of two, each with at least four of the `length` places of it. */
function lanesFor({ options: { lanes, subgroupSize } }: Emitter, count: number, length: number): { LANES: number; ROWS: number } {
  let LANES = lanes ?? 1;
  const most = subgroupSize > 0 ? Math.min(subgroupSize, 32) : 64;
  while (!lanes && LANES < most && LANES * 4 <= length && count * LANES < FILLED) LANES *= 2;
  return { LANES, ROWS: Math.max(1, Math.floor(64 / LANES)) };
}

function extents({ inputs: { q, k }, attributes: { heads } }: Node<WholeAttention>) {
  const head = width(q!) / heads;
  const shared = width(k!) / head;
  return { head, shared, queries: q!.shape.length === 2 ? 1 : q!.shape[1], keys: k!.shape[1] };
}

function paramsOf(node: Node<WholeAttention>): Record<string, number> {
  const { heads, scale, pass, logits, weights, virtualKeys = 0, virtualQueries = 0 } = node.attributes;
  const { shared, queries, keys } = extents(node);
  return {
    queries, keys, heads, samples: pass.samples, group: heads / shared, scale,
    logits_slot: logits?.slot ?? 0, logits_site: logits?.site ?? 0, weights_slot: weights?.slot ?? 0, weights_site: weights?.site ?? 0,
    branch: pass.branch, clean_branch: pass.cleanBranch, virtual_keys: virtualKeys, virtual_queries: virtualQueries,
  };
}

/** What every entry point binds. */
function bound({ inputs: { q, k, v, spans } }: Node<WholeAttention>): Record<string, Tensor> {
  return { q: q!, k: k!, v: v!, ...(spans && { span_lengths: spans }) };
}

/** o (S,Tq,H·d) of q (S,Tq,H·d), k and v (S,Tk,G·d); statistics (S·H·Tq, 6). Gradients as in the .wgsl. */
export const attention: Op<WholeAttention> = {
  name: 'attention',
  forward(emit, node) {
    const { label, inputs, outputs, attributes } = node;
    const { head, queries, keys } = extents(node);
    const samples = inputs.q!.shape[0];
    const lanes = lanesFor(emit, attributes.heads * queries, keys);
    emit.dispatch({
      label, shader: attentionShader, entry: 'forward', params: paramsOf(node),
      constants: { ...lanes, ...maskConstants(attributes), HEAD: head },
      bindings: { ...bound(node), lengths: inputs.lengths!, o: outputs.o, statistics: outputs.statistics },
      grid: [Math.ceil(queries / lanes.ROWS), attributes.heads, samples],
    });
  },
  backward(emit, node, gradients) {
    const { label, inputs, outputs, attributes } = node;
    const dO = gradients.of(outputs.o);
    if (!dO) return;
    const { head, shared, queries, keys } = extents(node);
    const samples = dO.shape[0];
    const masked = { ...maskConstants(attributes), HEAD: head };
    const dq = gradients.into(inputs.q);
    const dk = gradients.into(inputs.k);
    const dv = gradients.into(inputs.v);
    if (dq || dk || dv) {
      const lanes = lanesFor(emit, attributes.heads * queries, keys);
      emit.dispatch({
        label: `${label} dq`, shader: attentionShader, entry: 'queries', params: paramsOf(node),
        constants: { ...lanes, ...masked, QUERIES: Number(dq !== undefined), ACCUMULATE_QUERIES: dq?.accumulate ?? 0 },
        bindings: { ...bound(node), saved_o: outputs.o, statistics: outputs.statistics, d_o: dO, ...(dq && { d_q: dq.tensor }) },
        grid: [Math.ceil(queries / lanes.ROWS), attributes.heads, samples],
      });
    }
    if (!dk && !dv) return;
    const lanes = lanesFor(emit, shared * keys, (queries * attributes.heads) / shared);
    emit.dispatch({
      label: `${label} dk, dv`, shader: attentionShader, entry: 'keys', params: paramsOf(node),
      constants: { ...lanes, ...masked, KEYS: Number(dk !== undefined), VALUES: Number(dv !== undefined), ACCUMULATE_KEYS: dk?.accumulate ?? 0, ACCUMULATE_VALUES: dv?.accumulate ?? 0 },
      bindings: { ...bound(node), saved: outputs.statistics, d_o: dO, ...(dk && { d_k: dk.tensor }), ...(dv && { d_v: dv.tensor }) },
      grid: [Math.ceil(keys / lanes.ROWS), shared, samples],
    });
  },
};
