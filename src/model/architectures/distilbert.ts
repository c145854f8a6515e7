/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler; the head is a layer with ReLU and a classifier. */
import { recordActivation } from '../../kernels/activation';
import { linearGroup } from './description';
import { encoder, type EncoderNames } from './postNormEncoder';

const names: EncoderNames = {
  embeddings: 'distilbert.embeddings',
  layer: (layer) => `distilbert.transformer.layer.${layer}`,
  targets: { q: 'attention.q_lin', k: 'attention.k_lin', v: 'attention.v_lin', o: 'attention.out_lin', up: 'ffn.lin1', down: 'ffn.lin2' },
  attentionNorm: 'sa_layer_norm',
  outputNorm: 'output_layer_norm',
  attentionOutput: 'attention',
  feedForward: 'ffn',
  segments: false,
  decoder: 'vocab_projector.weight',
};

export const distilbert = encoder(names, {
  name: 'distilbert',
  title: 'DistilBERT',
  parse(fields) {
    const activation = fields.text('activation', 'gelu');
    if (activation !== 'gelu') throw fields.refuse(`activation is not supported (${activation}); choose a checkpoint with "gelu"`);
    const hidden = fields.size('dim');
    const heads = fields.size('n_heads');
    return {
      vocabulary: fields.size('vocab_size'), hidden, layers: fields.size('n_layers'), heads, keyValueHeads: heads, headSize: hidden / heads,
      inner: fields.size('hidden_dim'), positions: fields.size('max_position_embeddings'), types: 0, padId: fields.padId(0), normEpsilon: 1e-12,
      ropeTheta: 0, causal: false, tied: fields.flag('tie_word_embeddings', true),
    };
  },
  heads: ({ hidden, labels }) => [linearGroup('pre_classifier', hidden, hidden), linearGroup('classifier', labels, hidden)],
  trainedHeads: ['pre_classifier', 'classifier'],
  firstPosition: () => 0,
  head(build, x) {
    const { hidden, labels } = build.config;
    const dense = recordActivation(build.tape, build.label('pre_classifier relu'), 'relu', build.linear('pre_classifier', build.rowRead(x), hidden));
    return build.linear('classifier', build.drop('output', 0, dense), labels);
  },
});
