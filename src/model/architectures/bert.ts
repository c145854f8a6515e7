/** BERT (Devlin et al. 2018): the classifier reads the pooled first token. */
import { recordActivation } from '../../kernels/activation';
import { linearGroup } from './description';
import { encoder, type EncoderNames, parseBertLike } from './postNormEncoder';

export const bertModules = {
  targets: { q: 'attention.self.query', k: 'attention.self.key', v: 'attention.self.value', o: 'attention.output.dense', up: 'intermediate.dense', down: 'output.dense' },
  attentionNorm: 'attention.output.LayerNorm',
  outputNorm: 'output.LayerNorm',
  attentionOutput: 'attention.output',
  feedForward: 'output',
  segments: true,
};

const names: EncoderNames = { embeddings: 'bert.embeddings', layer: (layer) => `bert.encoder.layer.${layer}`, decoder: 'cls.predictions.decoder.weight', ...bertModules };

export const bert = encoder(names, {
  name: 'bert',
  title: 'BERT',
  parse: (fields) => parseBertLike(fields, 0),
  heads: ({ hidden, labels }) => [linearGroup('bert.pooler.dense', hidden, hidden), linearGroup('classifier', labels, hidden)],
  trainedHeads: ['classifier'],
  firstPosition: () => 0,
  head(build, x) {
    const { hidden, labels } = build.config;
    const pooled = recordActivation(build.tape, build.label('pooler tanh'), 'tanh', build.linear('bert.pooler.dense', build.rowRead(x), hidden));
    return build.linear('classifier', build.drop('output', 0, pooled), labels);
  },
});
