/** What BERT, RoBERTa and DistilBERT share: embeddings with learned positions, and layers that normalise after each residual add. */
import type { Target } from '../../config/peft';
import type { Tensor } from '../../graph/tensor';
import { recordActivation } from '../../kernels/activation';
import type { Builder } from '../builder';
import type { Architecture } from './architecture';
import { addLinear, addNorm, type ConfigFields, type TensorShapes } from './description';
import type { ModelConfig } from '../modelConfig';

/** What the modules of one encoder are called. */
export interface EncoderNames {
  embeddings: string;
  layer(number: number): string;
  /** Modules below a layer. */
  targets: Record<Exclude<Target, 'gate' | 'qkv'>, string>;
  attentionNorm: string;
  outputNorm: string;
  /** Modules after which a bottleneck adapter sits. */
  attentionOutput: string;
  feedForward: string;
  segments: boolean;
  /** The matrix that turns states into tokens in masked language modelling, which may be the token embedding's other name. */
  decoder: string;
}

/** An encoder: what its names say, and what is its own. */
export function encoder(names: EncoderNames, own: Pick<Architecture, 'name' | 'title' | 'parse' | 'heads' | 'trainedHeads' | 'firstPosition' | 'countsPositions' | 'head'>): Architecture {
  return {
    ...own,
    prefix: `${own.name}.`,
    tie: { embedding: `${names.embeddings}.word_embeddings.weight`, head: names.decoder },
    padded: true,
    body: (config) => encoderBody(config, names),
    targets: encoderTargets(names),
    sublayers: encoderSublayers(names),
    sublayerNorm: /\.layer\.\d+\..*(LayerNorm|layer_norm)\./,
    embed: (build) => embedEncoder(build, names),
    layer: (build, layer, x) => recordLayer(build, names, layer, x),
  };
}

function encoderTargets(names: EncoderNames): Architecture['targets'] {
  const hidden = (config: ModelConfig) => config.hidden;
  const inner = (config: ModelConfig) => config.inner;
  return Object.fromEntries(Object.entries(names.targets).map(([target, module]) => [target, {
    module: (layer: number) => `${names.layer(layer)}.${module}`,
    outputs: target === 'up' ? inner : hidden,
    inputs: target === 'down' ? inner : hidden,
  }]));
}

const encoderSublayers = (names: EncoderNames) => (layer: number) => [`${names.layer(layer)}.${names.attentionOutput}`, `${names.layer(layer)}.${names.feedForward}`];

function encoderBody(config: ModelConfig, names: EncoderNames): TensorShapes {
  const { hidden, inner } = config;
  const shapes: TensorShapes = new Map();
  shapes.set(`${names.embeddings}.word_embeddings.weight`, [config.vocabulary, hidden]);
  shapes.set(`${names.embeddings}.position_embeddings.weight`, [config.positions, hidden]);
  if (names.segments) shapes.set(`${names.embeddings}.token_type_embeddings.weight`, [config.types, hidden]);
  addNorm(shapes, `${names.embeddings}.LayerNorm`, hidden);
  for (let layer = 0; layer < config.layers; layer++) {
    const block = names.layer(layer);
    for (const [target, module] of Object.entries(names.targets)) addLinear(shapes, `${block}.${module}`, target === 'up' ? inner : hidden, target === 'down' ? inner : hidden);
    addNorm(shapes, `${block}.${names.attentionNorm}`, hidden);
    addNorm(shapes, `${block}.${names.outputNorm}`, hidden);
  }
  return shapes;
}

/** Fields that BERT and RoBERTa name alike. */
export function parseBertLike(fields: ConfigFields, padId: number): ReturnType<Architecture['parse']> {
  const activation = fields.text('hidden_act', 'gelu');
  if (activation !== 'gelu') throw fields.refuse(`activation hidden_act is not supported (${activation}); choose a checkpoint with "gelu"`);
  const kind = fields.text('position_embedding_type', 'absolute');
  if (kind !== 'absolute') throw fields.refuse(`position_embedding_type is not supported (${kind}); choose a checkpoint with absolute positions`);
  if (fields.flag('is_decoder') || fields.flag('add_cross_attention')) throw fields.refuse('is_decoder or add_cross_attention is set (true); choose an encoder');
  const hidden = fields.size('hidden_size');
  const heads = fields.size('num_attention_heads');
  return {
    vocabulary: fields.size('vocab_size'), hidden, layers: fields.size('num_hidden_layers'), heads, keyValueHeads: heads, headSize: hidden / heads,
    inner: fields.size('intermediate_size'), positions: fields.size('max_position_embeddings'), types: fields.sizeOr('type_vocab_size', 2),
    padId: fields.padId(padId), normEpsilon: fields.number('layer_norm_eps', 1e-12), ropeTheta: 0, causal: false, tied: fields.flag('tie_word_embeddings', true),
  };
}

/** What enters the first layer (S,V+T,D). */
function embedEncoder(build: Builder, { embeddings, segments }: EncoderNames): Tensor {
  const tokens = build.embedTokens(`${embeddings}.word_embeddings.weight`);
  const x = build.addPositions(tokens, `${embeddings}.position_embeddings.weight`, segments ? `${embeddings}.token_type_embeddings.weight` : undefined);
  return build.drop('embedding', 0, build.layerNorm(`${embeddings}.LayerNorm`, x));
}

/** x = LN(x + attention(x)); x = LN(x + HiddenCut(FFN(x))). */
function recordLayer(build: Builder, names: EncoderNames, layer: number, x: Tensor): Tensor {
  const block = names.layer(layer);
  const read = build.rowsRead(layer, x);
  const attended = build.attention(layer, build.project('q', layer, read), build.project('k', layer, x), build.project('v', layer, x));
  const projected = build.project('o', layer, attended);
  x = build.layerNorm(`${block}.${names.attentionNorm}`, build.residual(`${block}.${names.attentionOutput}`, undefined, layer, projected, read));
  const inner = build.drop('ffn_inner', layer, recordActivation(build.tape, build.label(`layer ${layer} gelu`), 'gelu', build.project('up', layer, x)));
  const hidden = build.project('down', layer, inner);
  return build.layerNorm(`${block}.${names.outputNorm}`, build.residual(`${block}.${names.feedForward}`, 'hidden', layer, hidden, x));
}
