/** Ids that transformers gave for texts of many languages, with the vocabularies of real models. Both are no part of this project; without them the tests say so. */
import { expect, it } from 'vitest';
import { referenceFile } from '../../../tools/referenceData.mjs';
import { readTokenizer } from './files';
import { createPipeline } from './pipeline';

async function bytesAt(path: string): Promise<ArrayBuffer> {
  const base64 = await referenceFile(undefined, path);
  if (base64 === undefined) throw new Error(`${path}: not at hand`);
  return Uint8Array.from(Buffer.from(base64, 'base64')).buffer;
}
const json = async (path: string) => JSON.parse(new TextDecoder().decode(await bytesAt(`tokenizers/multilingual_conformance/${path}.json`))) as unknown;

it.each([['gpt2', 'gpt2_multilingual'], ['roberta-base', 'roberta_base_multilingual'], ['bert-base-uncased', 'bge_small_multilingual']])('%s gives the ids of %s', async (folder, set) => {
  const found = await readTokenizer((file) => bytesAt(`tokenizers/${folder}/${file}`)).catch((error: Error) => error);
  if (found instanceof Error) return console.log(`reference data: ${found.message}; ${folder} is not compared`);
  const pipeline = createPipeline(found.tokenizerJson);
  const texts = new Map((await json('inputs_ad471b9') as { id: string; text: string }[]).map(({ id, text }) => [id, text]));
  const { entries } = await json(set) as { entries: { id: string; input_ids: number[]; decoded_skip_special: string }[] };
  expect(entries.length).toBeGreaterThan(50);
  for (const { id, input_ids: ids, decoded_skip_special: decoded } of entries) {
    expect(pipeline.row(texts.get(id)!, undefined, 512).ids, id).toEqual(ids);
    expect(pipeline.decode(ids), id).toBe(decoded);
  }
});
