/** A trained model written out and read in again: the same tensors, bit for bit, for every method on an encoder, a decoder and GPT-2. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PEFT_KINDS } from '../config/peft';
import { type HeldCheckpoint, holdCheckpoint, loadCheckpoint } from '../model/files/folder';
import { tensorsFile, wholeFile } from '../model/files/outFile';
import { readSafetensors, writeSafetensors } from '../model/files/safetensors';
import { fromMemory } from '../model/files/storedTensors';
import { checkpointFor } from '../model/forProblem';
import { initialValues } from '../model/initialValues';
import type { Trained } from '../model/method';
import type { Problem } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import { diskSource } from '../sources/disk';
import { applyAdapter } from './apply';
import { parseAdapterConfig } from './config';
import { applyMethodFile, hasMethodFile, methodFile } from './methodFile';
import { canMerge, mergedConfig, mergedTensors } from './merged';
import { outBranches } from './outBranches';
import { isInPeft, peftFiles } from './toPeft';
import type { TrainedModel } from './trainedModel';

const folder = (name: string) => diskSource(fileURLToPath(new URL(`../fixtures/golden/${name}/model`, import.meta.url)));

/** As if it had been trained: every value moved away from where it starts. */
async function trainedModel(name: string, problem: Problem, method: Partial<Trained>): Promise<TrainedModel & { stored: HeldCheckpoint }> {
  const stored = await holdCheckpoint(await loadCheckpoint(folder(name)));
  const trained: Trained = { peft: 'lora', rank: 3, alpha: 6, targets: ['o'], virtualTokens: 4, bottleneck: 2, fromLayer: 1, ...method };
  const { config, tensors } = checkpointFor(stored, { problem, labels: 3 }, trained);
  const specs = parameterSpecs(config, trained);
  const made = await initialValues(config, trained, specs, fromMemory(tensors), 5);
  const start = new Map(specs.map(({ name: key, of }) => [key, made.get(key) ?? tensors.get(of)!.values]));
  const values = new Map([...start].map(([key, first]) => [key, first.map((value, index) => value + 0.03 * Math.cos(1 + index))]));
  return { config, trained, values, start, base: fromMemory(tensors), stored };
}

const METHODS = PEFT_KINDS.filter((peft) => peft !== 'full');
const MODELS: [string, Problem][] = [['roberta-output', 'classification'], ['llama-lm-prefix-hiddenkey', 'language_model'], ['gpt2-lm-hiddenkey', 'language_model']];
const CASES = MODELS.flatMap(([name, problem]) => METHODS.filter((peft) => peft !== 'bitfit' || !name.startsWith('llama')).map((peft) => [peft, name, problem] as const));

describe.each(CASES)('%s on %s', (peft, name, problem) => {
  it('comes back bit for bit', async () => {
    const model = await trainedModel(name, problem, { peft });
    if (hasMethodFile(model)) {
      const again = applyMethodFile(model.stored, methodFile(model).buffer);
      expect(again.values).toEqual(model.values);
      expect(again.trained).toMatchObject(peft === 'adapter' ? { peft, bottleneck: 2, fromLayer: 1 } : { peft });
      return;
    }
    expect(isInPeft(model)).toBe(true);
    const { config, tensors } = peftFiles(model, { name: 'org/base', revision: null });
    const file = readSafetensors(writeSafetensors(tensors).buffer, 'adapter');
    const again = applyAdapter(model.stored, { config: parseAdapterConfig(JSON.stringify(config)), tensors: file });
    expect(again.notes).toEqual([]);
    if (peft !== 'pissa') return expect(new Map([...again.values].sort())).toEqual(new Map([...model.values].sort()));
    // On the base as it is PiSSA is a branch of twice the rank: what was trained, less what it started from.
    for (const [module, { a, rank }] of outBranches(model)) expect([rank, again.values.get(`base_model.model.${module}.lora_A.weight`)]).toEqual([6, a]);
  });
});

it('rank-stabilised scales and those of an adapter that was read in come back', async () => {
  const stabilised = peftFiles(await trainedModel('bert-lora', 'classification', { peft: 'rslora' }), { name: null, revision: null });
  expect(stabilised.config).toMatchObject({ r: 3, lora_alpha: 6, use_rslora: true, rank_pattern: {}, alpha_pattern: {}, modules_to_save: ['classifier'], base_model_name_or_path: null });
  const [q, v] = ['query', 'value'].map((part) => `bert.encoder.layer.1.attention.self.${part}`);
  const mixed = await trainedModel('bert-lora', 'classification', { branches: new Map([[q, { rank: 2, scale: 2 }], [v, { rank: 4, scale: 0.3 }]]) });
  const { config, tensors } = peftFiles(mixed, { name: null, revision: null });
  expect(config).toMatchObject({ r: 2, lora_alpha: 4, target_modules: [q, v], rank_pattern: { [v]: 4 }, alpha_pattern: { [v]: 1.2 } });
  const again = applyAdapter(mixed.stored, { config: parseAdapterConfig(JSON.stringify(config)), tensors: readSafetensors(writeSafetensors(tensors).buffer, 'adapter') });
  expect(again.trained.branches).toEqual(mixed.trained.branches);
});

describe('slices of GPT-2\'s fused layer', () => {
  it('become one branch of it', async () => {
    const model = await trainedModel('gpt2-lm-hiddenkey', 'language_model', { targets: ['q', 'v'], fromLayer: 0 });
    const branches = outBranches(model);
    expect([...branches].map(([module, { rank }]) => [module, rank])).toEqual([['transformer.h.0.attn.c_attn', 6], ['transformer.h.1.attn.c_attn', 6]]);
    const module = 'transformer.h.1.attn.c_attn';
    const { a, b } = branches.get(module)!;
    const product = (output: number, input: number) => Array.from({ length: 6 }, (_, r) => b[output * 6 + r] * a[r * 32 + input]).reduce((sum, one) => sum + one, 0);
    const own = (part: string, output: number, input: number) => {
      const [sa, sb] = ['A', 'B'].map((which) => model.values.get(`base_model.model.${module}.${part}.lora_${which}.weight`)!);
      return [0, 1, 2].reduce((sum, r) => sum + sb[output * 3 + r] * sa[r * 32 + input], 0);
    };
    expect(product(3, 5)).toBeCloseTo(own('q', 3, 5), 12);
    expect(product(32 + 3, 5)).toBe(0);
    expect(product(64 + 7, 9)).toBeCloseTo(own('v', 7, 9), 12);
  });
});

describe('the merged model', () => {
  it('has every tensor of the base, and the head', async () => {
    const model = await trainedModel('roberta-output', 'classification', { peft: 'lora', targets: ['q'], fromLayer: 0 });
    const tensors = mergedTensors(model);
    expect([...tensors.keys()].sort()).toEqual([...model.base.keys()].sort());
    const name = 'roberta.encoder.layer.0.attention.self.query';
    const [a, b] = ['A', 'B'].map((part) => model.values.get(`base_model.model.${name}.lora_${part}.weight`)!);
    const sum = [0, 1, 2].reduce((total, r) => total + b[4 * 3 + r] * a[r * 32 + 7], 0);
    const file = readSafetensors(await wholeFile(tensorsFile('model.safetensors', tensors)), 'merged');
    expect(file.get(`${name}.weight`)!.values[4 * 32 + 7]).toBeCloseTo(model.stored.tensors.get(`${name}.weight`)!.values[4 * 32 + 7] + 2 * sum, 6);
    expect(file.get('classifier.out_proj.weight')!.values).toEqual(model.values.get('base_model.model.classifier.modules_to_save.out_proj.weight'));
  });

  it('names its classes', async () => {
    const { config } = await trainedModel('roberta-output', 'classification', {});
    expect(mergedConfig(config, { model_type: 'roberta', id2label: { 0: 'LABEL_0' }, torch_dtype: 'float16' }, ['bad', 'fine', 'good'])).toEqual({
      model_type: 'roberta', architectures: ['RobertaForSequenceClassification'], dtype: 'float32', tie_word_embeddings: true, problem_type: 'single_label_classification',
      id2label: { 0: 'bad', 1: 'fine', 2: 'good' }, label2id: { bad: 0, fine: 1, good: 2 },
    });
  });

  it('is none of what stands beside the weights', async () => {
    const model = await trainedModel('bert-lora', 'classification', { peft: 'prefix' });
    expect(canMerge(model)).toBe(false);
    expect(() => mergedTensors(model)).toThrow('prefix cannot be merged into the weights');
  });
});
