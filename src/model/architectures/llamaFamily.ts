/** What Llama, Qwen2 and Qwen3 share: RMSNorm before each sublayer, rotary positions, grouped-query attention, SwiGLU. */
import type { Tensor } from '../../graph/tensor';
import { recordSwiglu } from '../../kernels/swiglu';
import type { Builder } from '../builder';
import type { Architecture } from './architecture';
import { addLinear, causalHeads, type ConfigFields, type TensorShapes } from './description';
import type { ModelConfig } from '../modelConfig';

export interface LlamaTraits {
  name: string;
  title: string;
  /** q, k and v have biases. */
  attentionBias: boolean;
  /** q and k are normalised per head before they are rotated. */
  headNorm: boolean;
}

const block = (layer: number) => `model.layers.${layer}`;
const hidden = (config: ModelConfig) => config.hidden;
const inner = (config: ModelConfig) => config.inner;
const queries = (config: ModelConfig) => config.heads * config.headSize;
const shared = (config: ModelConfig) => config.keyValueHeads * config.headSize;

type Width = (config: ModelConfig) => number;
const MODULES: [keyof Architecture['targets'], string, Width, Width][] = [
  ['q', 'self_attn.q_proj', queries, hidden], ['k', 'self_attn.k_proj', shared, hidden], ['v', 'self_attn.v_proj', shared, hidden],
  ['o', 'self_attn.o_proj', hidden, queries], ['gate', 'mlp.gate_proj', inner, hidden], ['up', 'mlp.up_proj', inner, hidden], ['down', 'mlp.down_proj', hidden, inner],
];

export function llamaFamily(traits: LlamaTraits): Architecture {
  const biased = (target: string) => traits.attentionBias && ['q', 'k', 'v'].includes(target);
  return {
    name: traits.name,
    title: traits.title,
    prefix: 'model.',
    parse: (fields) => parse(fields, traits),
    body(config) {
      const shapes: TensorShapes = new Map([['model.embed_tokens.weight', [config.vocabulary, config.hidden]]]);
      for (let layer = 0; layer < config.layers; layer++) {
        for (const [target, module, outputs, inputs] of MODULES) addLinear(shapes, `${block(layer)}.${module}`, outputs(config), inputs(config), { bias: biased(target) });
        for (const norm of ['input_layernorm', 'post_attention_layernorm']) shapes.set(`${block(layer)}.${norm}.weight`, [config.hidden]);
        if (traits.headNorm) for (const norm of ['q_norm', 'k_norm']) shapes.set(`${block(layer)}.self_attn.${norm}.weight`, [config.headSize]);
      }
      shapes.set('model.norm.weight', [config.hidden]);
      return shapes;
    },
    heads: causalHeads,
    tie: { embedding: 'model.embed_tokens.weight', head: 'lm_head.weight' },
    trainedHeads: ['score'],
    targets: Object.fromEntries(MODULES.map(([target, module, outputs, inputs]) => [target, { module: (layer: number) => `${block(layer)}.${module}`, outputs, inputs }])),
    firstPosition: () => 0,
    padded: true,
    sublayers: (layer) => [`${block(layer)}.self_attn`, `${block(layer)}.mlp`],
    sublayerNorm: /_layernorm\.weight$/,
    embed: (build) => build.drop('embedding', 0, build.embedTokens('model.embed_tokens.weight')),
    layer: (build, layer, x) => recordLayer(build, traits, layer, x),
    head: (build, x) => build.causalHead(build.rmsNorm('model.norm', x), build.config.tied ? 'model.embed_tokens.weight' : 'lm_head.weight'),
  };

  /** x = x + attention(norm(x)); x = x + HiddenCut(SwiGLU(norm(x))). */
  function recordLayer(build: Builder, { headNorm }: LlamaTraits, layer: number, x: Tensor): Tensor {
    const at = block(layer);
    const normed = build.rmsNorm(`${at}.input_layernorm`, x);
    const rotate = (target: 'q' | 'k') => {
      const projected = build.project(target, layer, normed, { bias: biased(target) });
      return build.rotate(`layer ${layer} ${target}`, headNorm ? build.rmsNorm(`${at}.self_attn.${target}_norm`, projected) : projected);
    };
    const plain = { bias: false };
    // Rotated first: a row alone does not say where it stood.
    const attended = build.attention(layer, build.rowsRead(layer, rotate('q')), rotate('k'), build.project('v', layer, normed, { bias: biased('v') }));
    x = build.residual(`${at}.self_attn`, undefined, layer, build.project('o', layer, attended, plain), build.rowsRead(layer, x));
    const again = build.rmsNorm(`${at}.post_attention_layernorm`, x);
    const gated = recordSwiglu(build.tape, build.label(`layer ${layer} swiglu`), build.project('gate', layer, again, plain), build.project('up', layer, again, plain));
    return build.residual(`${at}.mlp`, 'hidden', layer, build.project('down', layer, build.drop('ffn_inner', layer, gated), plain), x);
  }
}

function parse(fields: ConfigFields, { headNorm }: LlamaTraits): ReturnType<Architecture['parse']> {
  const activation = fields.text('hidden_act', 'silu');
  // Two names of one function.
  if (!['silu', 'swish'].includes(activation)) throw fields.refuse(`activation hidden_act is not supported (${activation}); choose a checkpoint with "silu"`);
  const layers = fields.size('num_hidden_layers');
  // Qwen's window begins at a layer, often one that the model does not have.
  const slides = fields.flag('use_sliding_window') && (layers > fields.number('max_window_layers', 0) || fields.texts('layer_types').includes('sliding_attention'));
  for (const flag of ['mlp_bias', 'attention_bias', ...(slides ? ['use_sliding_window'] : [])]) if (fields.flag(flag)) throw fields.refuse(`${flag} is set (true); choose a checkpoint without it`);
  const width = fields.size('hidden_size');
  const heads = fields.size('num_attention_heads');
  return {
    vocabulary: fields.size('vocab_size'), hidden: width, layers, heads,
    keyValueHeads: fields.sizeOr('num_key_value_heads', heads), headSize: fields.sizeOr('head_dim', headNorm ? 128 : width / heads), inner: fields.size('intermediate_size'),
    positions: fields.size('max_position_embeddings'), types: 0, padId: fields.padId(), normEpsilon: fields.number('rms_norm_eps', 1e-6),
    ropeTheta: fields.ropeTheta(), causal: true, tied: fields.flag('tie_word_embeddings'),
  };
}
