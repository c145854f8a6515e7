/** Every way to store a head, with what transformers 5.18 makes of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkpointFor } from '../forProblem';
import { type Checkpoint, loadCheckpoint, type ModelFolder } from './folder';
import { heldFolder } from './modelFolder';
import { readSafetensors, type TensorFile, writeSafetensors } from './safetensors';
import { intoMemory } from './storedTensors';

const FIXTURES = { roberta: 'roberta-output', gpt2: 'gpt2-lm-hiddenkey', llama: 'llama-lm-prefix-hiddenkey', qwen2: 'qwen2-lm', qwen3: 'qwen3-lm-spans' };
type Name = keyof typeof FIXTURES;
type Stored = Record<string, TensorFile | undefined>;

const EMBEDDING = { roberta: 'roberta.embeddings.word_embeddings.weight', gpt2: 'transformer.wte.weight', llama: 'model.embed_tokens.weight', qwen2: 'model.embed_tokens.weight', qwen3: 'model.embed_tokens.weight' };
const HEAD = { roberta: 'lm_head.decoder.weight', gpt2: 'lm_head.weight', llama: 'lm_head.weight', qwen2: 'lm_head.weight', qwen3: 'lm_head.weight' };

const made = (first: number): TensorFile => ({ shape: [97, 32], values: Float32Array.from({ length: 97 * 32 }, (_, i) => first + i / 64) });
const [ONE, OTHER] = [made(0), made(1)];

/** A golden checkpoint with other fields in its configuration and other tensors for embedding and head; undefined leaves one out. */
function folderOf(name: Name, fields: Record<string, unknown>, stored: Stored): ModelFolder {
  const at = (file: string) => readFileSync(new URL(`../../fixtures/golden/${FIXTURES[name]}/model/${file}`, import.meta.url));
  const config = JSON.stringify({ ...JSON.parse(at('config.json').toString()), ...fields });
  const tensors = readSafetensors(new Uint8Array(at('model.safetensors')).buffer, name);
  for (const [tensor, file] of Object.entries({ [EMBEDDING[name]]: undefined, [HEAD[name]]: undefined, ...stored })) {
    if (file) tensors.set(tensor, file);
    else tensors.delete(tensor);
  }
  const bytes = writeSafetensors(tensors);
  return heldFolder(name, new Map([['config.json', new TextEncoder().encode(config)], ['model.safetensors', bytes]]));
}

const TRAINED = { peft: 'lora', rank: 2, alpha: 4, targets: [] } as const;
const held = async ({ config, tensors }: Checkpoint) => ({ config, tensors: await intoMemory(tensors) });
const loaded = async (...given: Parameters<typeof folderOf>) => held(await loadCheckpoint(folderOf(...given)));
const asLanguageModel = async (...given: Parameters<typeof folderOf>) => held(checkpointFor(await loadCheckpoint(folderOf(...given)), { problem: 'language_model', labels: 1 }, TRAINED));

describe.each(['gpt2', 'llama', 'qwen2', 'qwen3'] as const)('%s', (name) => {
  const [embedding, head] = [EMBEDDING[name], HEAD[name]];
  // GPT-2 ties where its file does not say, the others do not.
  const tying = [{ tie_word_embeddings: true }, { tie_word_embeddings: true, architectures: undefined }, ...(name === 'gpt2' ? [{ tie_word_embeddings: undefined }] : [])];
  const apart = [{ tie_word_embeddings: false }, { tie_word_embeddings: false, architectures: undefined }, ...(name === 'gpt2' ? [] : [{ tie_word_embeddings: undefined, architectures: null }])];

  it.each(tying)('tied (%o): one tensor under either name, or twice', async (fields) => {
    for (const stored of [{ [embedding]: ONE }, { [head]: ONE }, { [embedding]: ONE, [head]: { ...ONE, values: ONE.values.slice() } }]) {
      const { config, tensors } = await asLanguageModel(name, fields, stored);
      expect(config.tied).toBe(true);
      expect([tensors.get(embedding), tensors.has(head)]).toEqual([ONE, false]);
    }
  });

  it.each(tying)('tied (%o), but the file holds two that differ: kept apart', async (fields) => {
    const { config, tensors } = await asLanguageModel(name, fields, { [embedding]: ONE, [head]: OTHER });
    expect(config.tied).toBe(false);
    expect([tensors.get(embedding), tensors.get(head)]).toEqual([ONE, OTHER]);
  });

  it.each(apart)('apart (%o): both are needed, equal or not', async (fields) => {
    for (const other of [ONE, OTHER]) {
      const { config, tensors } = await asLanguageModel(name, fields, { [embedding]: ONE, [head]: other });
      expect(config.tied).toBe(false);
      expect([tensors.get(embedding), tensors.get(head)]).toEqual([ONE, other]);
    }
    await expect(asLanguageModel(name, fields, { [embedding]: ONE })).rejects.toThrow(`model.safetensors: ${head} is missing, and config.json does not tie it to ${embedding} (tie_word_embeddings); choose`);
    await expect(asLanguageModel(name, fields, { [head]: ONE })).rejects.toThrow(`model.safetensors: ${embedding} is missing, and ${head} may not stand for it (config.json does not tie them); set`);
  });

  it('with neither is no checkpoint', async () => {
    await expect(asLanguageModel(name, { tie_word_embeddings: true }, {})).rejects.toThrow(`tensors are missing (${embedding})`);
  });

  it('classifies without the head of a language model, with a head of its own that is made anew or found', async () => {
    const classify = async (stored: Stored) => held(checkpointFor(await loadCheckpoint(folderOf(name, { id2label: undefined }, stored)), { problem: 'classification', labels: 2 }, TRAINED));
    expect((await classify({ [embedding]: ONE, [head]: OTHER })).tensors.has(head)).toBe(false);
    const score = { shape: [2, 32], values: new Float32Array(64).fill(3) };
    expect((await classify({ [embedding]: ONE, 'score.weight': score })).tensors.get('score.weight')).toEqual(score);
    expect((await classify({ [embedding]: ONE })).tensors.has('score.weight')).toBe(false);
  });
});

it('an encoder finds its token embedding under the name of the head that it was trained with, and has no other use for that head', async () => {
  const { tensors } = await loaded('roberta', {}, { [HEAD.roberta]: ONE });
  expect([tensors.get(EMBEDDING.roberta), tensors.has(HEAD.roberta)]).toEqual([ONE, false]);
  expect((await loaded('roberta', {}, { [EMBEDDING.roberta]: ONE, [HEAD.roberta]: OTHER })).tensors.get(EMBEDDING.roberta)).toEqual(ONE);
  await expect(loadCheckpoint(folderOf('roberta', { tie_word_embeddings: false }, { [HEAD.roberta]: ONE }))).rejects.toThrow('may not stand for it');
  await expect(asLanguageModel('roberta', {}, { [EMBEDDING.roberta]: ONE })).rejects.toThrow('roberta sees the words to come');
});

it('two values of one tensor under two of its names are refused', async () => {
  const folder = folderOf('gpt2', {}, { 'transformer.wte.weight': ONE, 'wte.weight': OTHER });
  await expect(loadCheckpoint(folder)).rejects.toThrow('model.safetensors: transformer.wte.weight and wte.weight are names of one tensor and hold different values; keep the one that is right');
  expect((await loaded('gpt2', {}, { 'transformer.wte.weight': ONE, 'wte.weight': ONE })).tensors.get('transformer.wte.weight')).toEqual(ONE);
});

it('a frozen part that the file lacks is refused, a trained one is made anew', async () => {
  const bert = (peft: 'lora' | 'full') => {
    const at = (file: string) => readFileSync(new URL(`../../fixtures/golden/bert-lora/model/${file}`, import.meta.url));
    const tensors = new Map([...readSafetensors(new Uint8Array(at('model.safetensors')).buffer, 'bert')].filter(([tensor]) => !/pooler|classifier/.test(tensor)));
    const bytes = writeSafetensors(tensors);
    return loadCheckpoint(heldFolder('bert', new Map([['config.json', new Uint8Array(at('config.json'))], ['model.safetensors', bytes]])))
      .then((checkpoint) => checkpointFor(checkpoint, { problem: 'classification', labels: 5 }, { ...TRAINED, peft }));
  };
  await expect(bert('lora')).rejects.toThrow('model.safetensors: bert.pooler.dense.weight is missing, and lora does not train it; choose a checkpoint that has it, or full fine-tuning');
  expect((await bert('full')).config.labels).toBe(5);
});
