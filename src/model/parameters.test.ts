import { describe, expect, it } from 'vitest';
import { ENCODER_TARGETS } from '../config/peft';
import { makeCase } from '../reference/makeCase';
import { fromMemory } from './files/storedTensors';
import { initialValues } from './initialValues';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';

const { checkpoint: bert, init: bertInit } = makeCase({ targets: [...ENCODER_TARGETS], rank: 3 });
const { checkpoint: roberta, init: robertaInit } = makeCase({ architecture: 'roberta', targets: [...ENCODER_TARGETS], rank: 3 });
const LORA: Trained = { peft: 'lora', rank: 3, alpha: 6, targets: ENCODER_TARGETS };
const namesOf = (config: typeof bert.config, trained: Partial<Trained> = {}) => parameterSpecs(config, { ...LORA, ...trained }).map(({ name }) => name);

describe('what LoRA trains', () => {
  it.each([['bert', bert, bertInit], ['roberta', roberta, robertaInit]] as const)('%s: the names and shapes that peft saves', (_, { config }, init) => {
    const specs = parameterSpecs(config, LORA);
    expect(new Map(specs.map(({ name, shape }) => [name, shape]))).toEqual(new Map([...init].map(([name, { shape }]) => [name, shape])));
    expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
    expect(new Set(specs.map(({ of }) => of)).size).toBe(specs.length);
  });

  it('spells the names out', () => {
    expect(namesOf(roberta.config)).toContain('base_model.model.roberta.encoder.layer.1.attention.self.query.lora_A.weight');
    expect(namesOf(roberta.config)).toContain('base_model.model.classifier.modules_to_save.out_proj.bias');
    expect(namesOf(bert.config)).toContain('base_model.model.bert.encoder.layer.0.intermediate.dense.lora_B.weight');
    expect(namesOf(bert.config)).toContain('base_model.model.classifier.modules_to_save.weight');
  });

  it('leaves the pooler of BERT frozen', () => {
    expect(namesOf(bert.config).filter((name) => name.includes('pooler'))).toEqual([]);
  });

  it('decays weights, not biases', () => {
    for (const { name, decays } of parameterSpecs(roberta.config, LORA)) expect(decays, name).toBe(!name.endsWith('.bias'));
  });

  it('may be penalised in A and B, not in magnitudes and not in the head', () => {
    for (const { name, penalised } of parameterSpecs(roberta.config, { ...LORA, peft: 'dora' })) expect(penalised, name).toBe(/lora_[AB]\.weight$/.test(name));
  });

  it('follows the targets, and refuses one that the architecture does not have', () => {
    const names = namesOf(bert.config, { rank: 1, targets: ['o'] });
    expect(names.filter((name) => name.includes('lora_')).length).toBe(2 * bert.config.layers);
    for (const name of names) expect(name).toMatch(/attention\.output\.dense\.lora_[AB]|classifier/);
    expect(() => namesOf(bert.config, { targets: ['gate'] })).toThrow('LoRA: bert has no target "gate"; choose among q, k, v, o, up, down');
  });
});

describe('what other methods train', () => {
  it('LoRA+ moves every B faster, DoRA adds a magnitude an output', () => {
    for (const { of, rateScale } of parameterSpecs(bert.config, { ...LORA, peft: 'loraplus' })) expect(rateScale).toBe(of.endsWith('lora_B') ? 16 : 1);
    const magnitudes = parameterSpecs(bert.config, { ...LORA, peft: 'dora', targets: ['up'] }).filter(({ of }) => of.endsWith('magnitude_vector'));
    expect(magnitudes.map(({ shape }) => shape)).toEqual([[bert.config.inner], [bert.config.inner]]);
  });

  it('BitFit: every bias, and the head', () => {
    for (const name of namesOf(bert.config, { peft: 'bitfit' })) expect(name).toMatch(/bias$|^classifier/);
  });

  it('full: the whole model; neither biases nor normalisations decay', () => {
    const specs = parameterSpecs(bert.config, { ...LORA, peft: 'full' });
    expect(new Set(specs.map(({ name }) => name))).toEqual(new Set(bert.tensors.keys()));
    for (const { name, decays } of specs) expect(decays, name).toBe(!name.endsWith('bias') && !name.includes('LayerNorm'));
  });

  it('prompt and prefix: rows in front; adapters: two bottlenecks a layer; each refuses a size of none', () => {
    const rows = (peft: 'prompt' | 'prefix') => parameterSpecs(bert.config, { ...LORA, peft, virtualTokens: 5 })[0].shape;
    expect(rows('prompt')).toEqual([5, bert.config.hidden]);
    expect(rows('prefix')).toEqual([5, 2 * bert.config.layers * bert.config.hidden]);
    expect(namesOf(bert.config, { peft: 'adapter', bottleneck: 4 }).filter((name) => name.endsWith('adapter.down.weight')).length).toBe(2 * bert.config.layers);
    expect(() => namesOf(bert.config, { peft: 'prompt' })).toThrow('prompt: 0 virtual tokens; choose at least one');
    expect(() => namesOf(bert.config, { peft: 'adapter' })).toThrow('adapter: a bottleneck of 0; choose a width of at least one');
  });
});

describe('first values', async () => {
  const trained: Trained = { ...LORA, rank: 64, targets: ['q', 'down'] };
  const specs = parameterSpecs(roberta.config, trained);
  const first = (seed: number) => initialValues(roberta.config, trained, specs, fromMemory(roberta.tensors), seed);
  const values = await first(7);
  const of = (part: string) => [...values].filter(([name]) => name.includes(part));
  const DENSE = 'base_model.model.classifier.modules_to_save.dense';

  it('A is uniform within 1/√inputs, B is zero: the adapted model starts as the base model', () => {
    for (const [name, numbers] of of('.lora_A.')) {
      const bound = 1 / Math.sqrt(name.includes('query') ? roberta.config.hidden : roberta.config.inner);
      const largest = Math.max(...numbers.map(Math.abs));
      // float32 may round a value up to its bound
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      // Of a thousand draws the largest is near the bound, and their mean square is a third of its square (five deviations).
      expect(largest).toBeGreaterThan(0.98 * bound);
      const meanSquare = numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length;
      expect(Math.abs(meanSquare / bound ** 2 - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / numbers.length));
    }
    expect(of('.lora_A.').length).toBe(4);
    for (const [, numbers] of of('.lora_B.')) expect(numbers.every((value) => value === 0)).toBe(true);
  });

  it('the head is left to the checkpoint where it has one', () => {
    expect(values.has(`${DENSE}.weight`)).toBe(false);
  });

  it('a head that is missing is normal with deviation 0.02, its biases zero', async () => {
    const config = { ...roberta.config, hidden: 64 };
    const made = await initialValues(config, LORA, parameterSpecs(config, { ...LORA, rank: 1, targets: ['q'] }), new Map(), 7);
    const weight = made.get(`${DENSE}.weight`)!;
    const meanSquare = weight.reduce((sum, value) => sum + value * value, 0) / weight.length;
    // 4096 normal numbers: the variance has a relative deviation of √(2/4096).
    expect(Math.abs(meanSquare / 0.0004 - 1)).toBeLessThan(5 * Math.sqrt(2 / 4096));
    expect(made.get(`${DENSE}.bias`)!.every((value) => value === 0)).toBe(true);
  });

  it('DoRA starts with the lengths of the rows, so that it changes nothing', async () => {
    const dora: Trained = { ...LORA, peft: 'dora', targets: ['up'] };
    const made = await initialValues(bert.config, dora, parameterSpecs(bert.config, dora), fromMemory(bert.tensors), 7);
    const { values: weight, shape: [, inputs] } = bert.tensors.get('bert.encoder.layer.0.intermediate.dense.weight')!;
    const magnitudes = made.get('base_model.model.bert.encoder.layer.0.intermediate.dense.lora_magnitude_vector.weight')!;
    magnitudes.forEach((value, row) => expect(value).toBeCloseTo(Math.hypot(...weight.slice(row * inputs, (row + 1) * inputs)), 5));
  });

  it('depends on the seed, differs from tensor to tensor, and is reproducible', async () => {
    const [again, other] = await Promise.all([first(7), first(8)]);
    for (const [name, numbers] of of('.lora_A.')) {
      expect(again.get(name)).toEqual(numbers);
      expect(other.get(name)).not.toEqual(numbers);
    }
    const [[, one], [, two]] = of('query.lora_A.');
    expect(one).not.toEqual(two);
  });
});
