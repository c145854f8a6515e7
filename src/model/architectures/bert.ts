/** BERT (Devlin et al. 2018): the classifier reads the pooled first token. */
import { recordTanh } from '../../kernels/tanh';
import { type Architecture, linearGroup } from './architecture';
import { encoderBody, type EncoderNames, encoderSublayers, encoderTargets, parseBertLike, embedEncoder, recordLayer } from './postNormEncoder';

export const bertModules = {
  targets: { q: 'attention.self.query', k: 'attention.self.key', v: 'attention.self.value', o: 'attention.output.dense', up: 'intermediate.dense', down: 'output.dense' },
  attentionNorm: 'attention.output.LayerNorm',
  outputNorm: 'output.LayerNorm',
  attentionOutput: 'attention.output',
  feedForward: 'output',
  segments: true,
};

const names: EncoderNames = { embeddings: 'bert.embeddings', layer: (layer) => `bert.encoder.layer.${layer}`, ...bertModules };

export const bert: Architecture = {
  name: 'bert',
  prefix: 'bert.',
  parse: (fields) => parseBertLike(fields, 0),
  body: (config) => encoderBody(config, names),
  heads: ({ hidden, labels }) => [linearGroup('bert.pooler.dense', hidden, hidden), linearGroup('classifier', labels, hidden)],
  trainedHeads: ['classifier'],
  targets: encoderTargets(names),
  firstPosition: () => 0,
  sublayers: encoderSublayers(names),
  sublayerNorm: /encoder\.layer\..*LayerNorm/,
  embed: (build) => embedEncoder(build, names),
  layer: (build, layer, x) => recordLayer(build, names, layer, x),
  head(build, x) {
    const { hidden, labels } = build.config;
    const pooled = recordTanh(build.tape, build.label('pooler tanh'), build.linear('bert.pooler.dense', build.firstRow(x), hidden));
    return build.linear('classifier', build.drop('output', 0, pooled), labels);
  },
};
