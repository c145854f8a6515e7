/** Adapters onto the models of reference cases: what goes where, and what does not fit. That logits are peft's, tools/adapters shows. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type HeldCheckpoint, holdCheckpoint, loadCheckpoint } from '../model/files/folder';
import { folderReading, subfolder } from '../model/files/modelFolder';
import { readSafetensors, type TensorFile, writeSafetensors } from '../model/files/safetensors';
import { parameterSpecs } from '../model/parameters';
import { diskSource } from '../sources/disk';
import { applyAdapter } from './apply';
import { parseAdapterConfig } from './config';
import { readAdapter } from './files';

const folder = (name: string) => diskSource(fileURLToPath(new URL(`../fixtures/golden/${name}`, import.meta.url)));
const modelOf = async (name: string): Promise<HeldCheckpoint> => holdCheckpoint(await loadCheckpoint(subfolder(folder(name), 'model')));
const tensor = (...shape: number[]): TensorFile => ({ shape, values: Float32Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, (_, index) => Math.fround((index + 1) / 16)) });
const config = (fields: object) => parseAdapterConfig(JSON.stringify({ peft_type: 'LORA', task_type: 'CAUSAL_LM', r: 2, lora_alpha: 4, target_modules: ['q_proj'], ...fields }));
const P = 'base_model.model.';
const layer = (number: number) => `${P}model.layers.${number}.self_attn.q_proj`;
/** LoRA on q of both layers of qwen2-lm, whose width is 32. */
const queries = (): [string, TensorFile][] => [0, 1].flatMap((number): [string, TensorFile][] => [[`${layer(number)}.lora_A.weight`, tensor(2, 32)], [`${layer(number)}.lora_B.weight`, tensor(32, 2)]]);
const onto = async (fields: object, tensors: [string, TensorFile][], model = 'qwen2-lm') => applyAdapter(await modelOf(model), { config: config(fields), tensors: new Map(tensors) });

describe('an adapter on its base', () => {
  it('gives the engine its parameters, and the head that it brings', async () => {
    const init = readSafetensors(await folder('bert-lora').read('init.safetensors'), 'init');
    const saved = new Map([...init].map(([name, value]) => [name.replace('.modules_to_save', ''), value]));
    const base = await modelOf('bert-lora');
    const adapted = applyAdapter(base, { config: config({ task_type: 'SEQ_CLS', r: 4, lora_alpha: 8, target_modules: ['query', 'value'], modules_to_save: ['classifier', 'score'] }), tensors: saved });
    expect(parameterSpecs(adapted.checkpoint.config, adapted.trained).map(({ name }) => name).sort()).toEqual([...init.keys()].sort());
    expect(new Map([...adapted.values].sort())).toEqual(new Map([...init].map(([name, { values }]): [string, Float32Array] => [name, values]).sort()));
    expect([adapted.checkpoint.config.problem, adapted.checkpoint.config.labels, adapted.notes]).toEqual(['classification', 3, []]);
    for (const [name, { values }] of base.tensors) if (!name.startsWith('classifier')) expect(adapted.checkpoint.tensors.get(name)!.values).toBe(values);
  });

  it('has branches of their own ranks and scales, in some layers only', async () => {
    const { trained } = await onto({ target_modules: ['q_proj'], layers_to_transform: [1], rank_pattern: { q_proj: 3 }, alpha_pattern: { q_proj: 5 } }, [[`${layer(1)}.lora_A.weight`, tensor(3, 32)], [`${layer(1)}.lora_B.weight`, tensor(32, 3)]]);
    expect(trained.branches).toEqual(new Map([['model.layers.1.self_attn.q_proj', { rank: 3, scale: 5 / 3 }]]));
  });

  it('is the number of labels that its head has', async () => {
    const { checkpoint } = await onto({ task_type: 'SEQ_CLS', modules_to_save: ['score'] }, [...queries(), [`${P}score.weight`, tensor(5, 32)]]);
    expect([checkpoint.config.labels, checkpoint.config.problem]).toEqual([5, 'classification']);
  });

  it('leaves a tied head as it was when it brings an embedding of its own, and changes both when rows of tokens are trained', async () => {
    const embedding = 'model.embed_tokens.weight';
    const base = await modelOf('qwen2-lm');
    const whole = await onto({ modules_to_save: ['embed_tokens'] }, [...queries(), [`${P}${embedding}`, tensor(97, 32)]]);
    expect(whole.checkpoint.config.tied).toBe(false);
    expect(whole.checkpoint.tensors.get('lm_head.weight')!.values).toEqual(base.tensors.get(embedding)!.values);
    expect(whole.checkpoint.tensors.get(embedding)!.values).toEqual(tensor(97, 32).values);
    const rows = await onto({ trainable_token_indices: [7] }, [...queries(), [`${P}model.embed_tokens.token_adapter.trainable_tokens_delta`, tensor(1, 32)]]);
    expect(rows.checkpoint.config.tied).toBe(true);
    expect(rows.checkpoint.tensors.get(embedding)!.values.subarray(7 * 32, 8 * 32)).toEqual(tensor(1, 32).values);
  });

  it('says what a person should know', async () => {
    const bare = queries().map(([name, value]): [string, TensorFile] => [name.slice(P.length), value]);
    const { notes } = await onto({ target_modules: ['q_proj', 'lm_head'], newer: 1 }, [...bare, ['lm_head.lora_A.weight', tensor(2, 32)], ['lm_head.lora_B.weight', tensor(97, 2)]]);
    expect(notes).toEqual([
      'adapter_config.json has fields that are not known here and were left out: newer.',
      'adapter_model.safetensors has names without "base_model.model.", as peft\'s low-level functions write them; they were read, but PeftModel.from_pretrained would load none of them.',
      'The engine has no branch in lm_head: what the adapter does there was added to the weights, and stays as it is in further training.',
    ]);
  });
});

describe('what does not fit is listed by name and shape', () => {
  it.each<[string, object, [string, TensorFile][], string]>([
    ['a layer that the model has not', {}, [...queries(), [`${layer(7)}.lora_A.weight`, tensor(2, 32)]], `${layer(7)}.lora_A.weight [2,32] has no place in the model`],
    ['a missing B', {}, queries().slice(0, 3), `${layer(1)}.lora_B.weight [32,2] is missing`],
    ['a layer without tensors', {}, queries().slice(0, 2), `${layer(1)}.lora_A.weight is missing`],
    ['another width', {}, queries().map(([name, value]) => [name, name.includes('lora_A') ? tensor(2, 48) : value]), `${layer(0)}.lora_A.weight [2,48] should be [2,32]; ${layer(1)}.lora_A.weight [2,48] should be [2,32]`],
    ['another rank than the configuration says', { r: 3 }, queries().slice(0, 4), `${layer(0)}.lora_A.weight [2,32] should be [3,32]`],
    ['a magnitude without DoRA', {}, [...queries(), [`${layer(0)}.lora_magnitude_vector`, tensor(32)]], `${layer(0)}.lora_magnitude_vector [32] has no place in the model`],
    ['DoRA without a magnitude', { use_dora: true }, queries(), `${layer(0)}.lora_magnitude_vector [32] is missing`],
    ['a head of another task', {}, [...queries(), [`${P}score.weight`, tensor(3, 32)]], `${P}score.weight [3,32] has no place in the model`],
    ['a prompt of another width', { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 4 }, [['prompt_embeddings', tensor(4, 16)]], 'prompt_embeddings [4,16] should be [4,32]'],
    ['a prefix of another length', { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 4 }, [['prompt_embeddings', tensor(5, 64)]], 'prompt_embeddings [5,64] should be [4,64]'],
  ])('%s', async (_, fields, tensors, listed) => {
    await expect(onto(fields, tensors)).rejects.toThrow(`adapter_model.safetensors: does not fit this base model: ${listed}`);
  });

  it('a head that neither has is said', async () => {
    await expect(onto({ task_type: 'SEQ_CLS' }, queries())).rejects.toThrow('score.weight is neither in the adapter nor in the base model, so there is no head');
  });
});

describe('the files of an adapter', () => {
  const filesOf = (files: Record<string, string | Uint8Array<ArrayBuffer>>) => folderReading('adapter',
    (file: string) => (file in files ? Promise.resolve(new Blob([files[file]]).arrayBuffer()) : Promise.reject(new Error(`${file}: could not be read (ENOENT); check the folder adapter`))),
  );
  const settings = JSON.stringify({ peft_type: 'LORA', target_modules: ['q_proj'] });

  it('a pickle is refused with the way out', async () => {
    await expect(readAdapter(filesOf({ 'adapter_config.json': settings, 'adapter_model.bin': 'PK' }))).rejects.toThrow('adapter_model.bin: is a pickle, which can run any program when it is opened');
  });

  it('a file that is not there, and a value that is no number', async () => {
    await expect(readAdapter(filesOf({}))).rejects.toThrow('adapter_config.json: could not be read');
    const weights = writeSafetensors(new Map([[`${layer(0)}.lora_A.weight`, { shape: [2], values: Float32Array.of(1, NaN) }]]));
    await expect(readAdapter(filesOf({ 'adapter_config.json': settings, 'adapter_model.safetensors': weights }))).rejects.toThrow(`adapter_model.safetensors: tensor ${layer(0)}.lora_A.weight: value 1 is NaN`);
  });
});
