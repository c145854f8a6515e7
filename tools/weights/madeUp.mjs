// A made-up checkpoint with the sizes of roberta-base, for what does not depend on the numbers in it.
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CONFIG = {
  model_type: 'roberta', architectures: ['RobertaForMaskedLM'], vocab_size: 50265, hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072,
  max_position_embeddings: 514, type_vocab_size: 1, pad_token_id: 1, hidden_act: 'gelu', layer_norm_eps: 1e-5,
};
const BLOCK = 2 ** 20;
/** As large as transformers' initialisation makes them. */
const SCALE = 0.02 * Math.sqrt(3);

/** Uniform numbers around 0 from a linear congruential generator: matrices of full rank, as singular vectors want them. */
function* blocks(length) {
  let state = 1;
  for (let left = length; left > 0; left -= BLOCK) {
    yield Buffer.from(Float32Array.from({ length: Math.min(left, BLOCK) }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return SCALE * (state / 2 ** 31 - 1);
    }).buffer);
  }
}

/** Writes config.json and model.safetensors (float32) into `folder`, without holding them. @param {[string, number[]][]} shapes of all tensors */
export async function makeCheckpoint(folder, shapes) {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  let size = 0;
  const header = {};
  for (const [name, shape] of shapes) {
    const bytes = 4 * shape.reduce((product, extent) => product * extent, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + bytes] };
    size += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const out = createWriteStream(join(folder, 'model.safetensors'));
  out.write(length);
  out.write(json);
  for (const block of blocks(size / 4)) if (!out.write(block)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}
