/** GPT-2 (Radford et al. 2019): normalises before each sublayer; weights are stored (in, out); one fused layer makes q, k and v. */
import type { Tensor } from '../../graph/tensor';
import { recordActivation } from '../../kernels/activation';
import { recordSplitColumns } from '../../kernels/split_columns';
import type { Builder } from '../builder';
import type { Architecture } from './architecture';
import { addLinear, addNorm, causalHeads, type TensorShapes } from './description';
import type { ModelConfig } from '../modelConfig';

const block = (layer: number) => `transformer.h.${layer}`;
const hidden = (config: ModelConfig) => config.hidden;
const inner = (config: ModelConfig) => config.inner;
const target = (module: string, outputs: (config: ModelConfig) => number, inputs: (config: ModelConfig) => number) => ({ module: (layer: number) => `${block(layer)}.${module}`, outputs, inputs });

export const gpt2: Architecture = {
  name: 'gpt2',
  title: 'GPT-2',
  prefix: 'transformer.',
  parse(fields) {
    const activation = fields.text('activation_function', 'gelu_new');
    // Two names of one function.
    if (!['gelu_new', 'gelu_pytorch_tanh'].includes(activation)) throw fields.refuse(`activation_function is not supported (${activation}); choose a checkpoint with "gelu_new"`);
    if (fields.flag('scale_attn_by_inverse_layer_idx') || fields.flag('add_cross_attention')) throw fields.refuse('scale_attn_by_inverse_layer_idx or add_cross_attention is set (true); choose a plain GPT-2');
    if (!fields.flag('scale_attn_weights', true)) throw fields.refuse('scale_attn_weights is off (false); choose a plain GPT-2');
    const width = fields.size('n_embd');
    const heads = fields.size('n_head');
    return {
      vocabulary: fields.size('vocab_size'), hidden: width, layers: fields.size('n_layer'), heads, keyValueHeads: heads, headSize: width / heads,
      inner: fields.sizeOr('n_inner', 4 * width), positions: fields.size('n_positions'), types: 0, padId: fields.padId(),
      normEpsilon: fields.number('layer_norm_epsilon', 1e-5), ropeTheta: 0, causal: true, tied: fields.flag('tie_word_embeddings', true),
    };
  },
  body(config) {
    const shapes: TensorShapes = new Map([['transformer.wte.weight', [config.vocabulary, config.hidden]], ['transformer.wpe.weight', [config.positions, config.hidden]]]);
    const layers: [string, number, number][] = [['attn.c_attn', 3 * config.hidden, config.hidden], ['attn.c_proj', config.hidden, config.hidden], ['mlp.c_fc', config.inner, config.hidden], ['mlp.c_proj', config.hidden, config.inner]];
    for (let layer = 0; layer < config.layers; layer++) {
      for (const [name, outputs, inputs] of layers) addLinear(shapes, `${block(layer)}.${name}`, outputs, inputs, { transposed: true });
      for (const norm of ['ln_1', 'ln_2']) addNorm(shapes, `${block(layer)}.${norm}`, config.hidden);
    }
    addNorm(shapes, 'transformer.ln_f', config.hidden);
    return shapes;
  },
  heads: causalHeads,
  tie: { embedding: 'transformer.wte.weight', head: 'lm_head.weight' },
  trainedHeads: ['score'],
  targets: {
    qkv: target('attn.c_attn', (config) => 3 * config.hidden, hidden),
    o: target('attn.c_proj', hidden, hidden),
    up: target('mlp.c_fc', inner, hidden),
    down: target('mlp.c_proj', hidden, inner),
    // Slices of the fused layer, as loralib adapts them.
    q: target('attn.c_attn.q', hidden, hidden),
    k: target('attn.c_attn.k', hidden, hidden),
    v: target('attn.c_attn.v', hidden, hidden),
  },
  firstPosition: () => 0,
  padded: false,
  sublayers: (layer) => [`${block(layer)}.attn`, `${block(layer)}.mlp`],
  sublayerNorm: /\.ln_[12]\./,
  embed: (build) => build.drop('embedding', 0, build.addPositions(build.embedTokens('transformer.wte.weight'), 'transformer.wpe.weight')),
  layer: recordLayer,
  head: (build, x) => build.causalHead(build.layerNorm('transformer.ln_f', x), build.config.tied ? 'transformer.wte.weight' : 'lm_head.weight'),
};

/** x = x + attention(LN(x)); x = x + HiddenCut(FFN(LN(x))). */
function recordLayer(build: Builder, layer: number, x: Tensor): Tensor {
  const at = block(layer);
  const transposed = { transposed: true };
  const normed = build.layerNorm(`${at}.ln_1`, x);
  const fused = build.project('qkv', layer, normed, transposed);
  const [q, k, v] = recordSplitColumns(build.tape, build.label(`layer ${layer} split`), fused, 3);
  const attended = build.attention(layer, build.rowsRead(layer, build.adapt('q', layer, normed, q)), build.adapt('k', layer, normed, k), build.adapt('v', layer, normed, v));
  x = build.residual(`${at}.attn`, undefined, layer, build.project('o', layer, attended, transposed), build.rowsRead(layer, x));
  const up = build.project('up', layer, build.layerNorm(`${at}.ln_2`, x), transposed);
  const activated = build.drop('ffn_inner', layer, recordActivation(build.tape, build.label(`layer ${layer} gelu`), 'gelu_tanh', up));
  return build.residual(`${at}.mlp`, 'hidden', layer, build.project('down', layer, activated, transposed), x);
}
