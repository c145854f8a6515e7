/** RoBERTa (Liu et al. 2019): BERT's body with positions counted from the padding id + 1, and a head of two layers on the first token. */
import { recordActivation } from '../../kernels/activation';
import { linearGroup } from './description';
import { bertModules } from './bert';
import { encoder, type EncoderNames, parseBertLike } from './postNormEncoder';

const names: EncoderNames = { embeddings: 'roberta.embeddings', layer: (layer) => `roberta.encoder.layer.${layer}`, decoder: 'lm_head.decoder.weight', ...bertModules };

export const roberta = encoder(names, {
  name: 'roberta',
  title: 'RoBERTa',
  parse(fields) {
    const sizes = parseBertLike(fields, 1);
    if (sizes.padId === undefined) throw fields.refuse('pad_token_id is null, but positions are counted from it; set it to the id of the padding token (1 in most files)');
    return sizes;
  },
  heads: ({ hidden, labels }) => [linearGroup('classifier.dense', hidden, hidden), linearGroup('classifier.out_proj', labels, hidden)],
  trainedHeads: ['classifier'],
  firstPosition: ({ padId = 1 }) => padId + 1,
  countsPositions: true,
  head(build, x) {
    const { hidden, labels } = build.config;
    const first = build.drop('output', 0, build.rowRead(x));
    const dense = recordActivation(build.tape, build.label('classifier tanh'), 'tanh', build.linear('classifier.dense', first, hidden));
    return build.linear('classifier.out_proj', dense, labels);
  },
});
