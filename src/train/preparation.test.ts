/** What is refused before anything is allocated, on the shipped encoder and on larger models made of its configuration. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import type { PeftKind } from '../config/peft';
import type { WeightFormat } from '../config/weightFormats';
import type { Gpu, Profile } from '../gpu/device';
import type { ModelConfig } from '../model/modelConfig';
import { diskSource } from '../sources/disk';
import type { Autotuner } from './autotune';
import { Library } from './library';
import { prepare } from './preparation';
import { Refusal } from './refusal';

const real = new Library(async (name) => diskSource(fileURLToPath(new URL(`../../public/models/${name}`, import.meta.url))));
const tuner = { tileFor: () => undefined, tune: async () => false } as unknown as Autotuner;

interface Device { profile?: Profile; limit?: number; budget?: number; most?: number }

const gpuOf = ({ profile = 'gpu', limit = 2 ** 30, budget = 2 ** 40, most = budget }: Device) =>
  ({ profile, subgroupSize: 0, memoryBudget: budget, mostBudget: most, device: { limits: { maxBufferSize: limit, maxStorageBufferBindingSize: limit } } }) as unknown as Gpu;

/** The fault with which a preparation is refused, undefined where it is not. */
async function faultOf({ sizes = {}, change = (config: RunConfig) => config, ...device }: { sizes?: Partial<ModelConfig>; change?: (config: RunConfig) => RunConfig } & Device) {
  const library = {
    async model(name: string) {
      const { checkpoint, tokenizer } = await real.model(name);
      return { checkpoint: { ...checkpoint, config: { ...checkpoint.config, ...sizes } }, tokenizer };
    },
    data: (...given: Parameters<Library['data']>) => real.data(...given),
    start: () => Promise.resolve(undefined),
  } as unknown as Library;
  try {
    await prepare(gpuOf(device), tuner, library, change(structuredClone(DEFAULT_CONFIG)));
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.fault;
  }
}

describe('a preparation', () => {
  it('is made where everything fits', async () => {
    expect(await faultOf({})).toBeUndefined();
  });

  it('is refused where only the plan of the evaluation is larger than a grid', async () => {
    // 64 rows of an evaluation with 4096 heads each are 262,144 products, one a workgroup where nothing is computed together; the 2 rows of a batch are 8192.
    const fault = await faultOf({ profile: 'software', sizes: { hidden: 4096, heads: 4096, keyValueHeads: 4096, headSize: 1 }, change: (config) => ({ ...config, optimizer: { ...config.optimizer, batchSize: 2 } }) });
    expect(fault).toMatchObject({ code: 'out_of_memory', predicted: true, neededBytes: Infinity });
  });

  it('cuts a weight that is larger than a binding of the device, and is refused for activations that are', async () => {
    const { checkpoint } = await real.model('nano-encoder');
    const table = Math.max(...[...checkpoint.tensors.values()].map(({ count }) => 4 * count));
    const fault = await faultOf({ limit: table - 1 });
    expect(fault).toMatchObject({ code: 'out_of_memory', budgetBytes: table - 1, lower: ['optimizer.batchSize'] });
    expect(String((fault as { largest: { label: string }[] }).largest.map(({ label }) => label))).not.toContain('embeddings.weight');
    // The largest that is left fits, so nothing is refused, however large the table.
    expect(await faultOf({ limit: 8 * 2 ** 20, sizes: { vocabulary: 2 ** 20 } })).toBeUndefined();
  });

  it('names what saves most of the bytes that are too many, and smaller weights only where they would be felt, those that are enough', async () => {
    const neededBytes = async (weights: WeightFormat) => (await faultOf({ budget: 1, change: (config) => ({ ...config, model: { ...config.model, weights } }) }) as { neededBytes: number }).neededBytes;
    const [whole, halves] = [await neededBytes('f32'), await neededBytes('f16')];
    const lower = async (change: (config: RunConfig) => RunConfig) => (await faultOf({ budget: halves, change }) as { lower: string[] } | undefined)?.lower;
    expect(whole - halves).toBeGreaterThan(100_000);
    expect(await lower((config) => config)).toEqual(expect.arrayContaining(['model.weights', 'optimizer.batchSize']));
    expect(await faultOf({ budget: halves })).toMatchObject({ weights: 'f16' });
    expect(await faultOf({ budget: halves - 1 })).toMatchObject({ weights: 'int8' });
    expect(await lower((config) => ({ ...config, model: { ...config.model, weights: 'f16' } }))).toBeUndefined();
    expect(await faultOf({ budget: 2 ** 20, change: (config) => ({ ...config, data: { ...config.data, rows: 4096 }, optimizer: { ...config.optimizer, batchSize: 4096 } }) })).toMatchObject({ lower: ['optimizer.batchSize'] });
  });

  it('counts no frozen copy of what is trained', async () => {
    const weightsOf = async (peft: PeftKind) => (await prepare(gpuOf({}), tuner, real, { ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, peft } })).summary.bytes.weights;
    const { checkpoint } = await real.model('nano-encoder');
    const bytesOf = (kind: RegExp) => [...checkpoint.tensors].reduce((sum, [name, { count }]) => sum + (kind.test(name) ? 4 * count : 0), 0);
    expect(await weightsOf('full')).toBe(0);
    expect(await weightsOf('bitfit')).toBe(bytesOf(/(?<!bias)$/));
    expect(await weightsOf('lora')).toBe(bytesOf(/$/));
  });

  it('says where the budget could be raised', async () => {
    const full = (config: RunConfig): RunConfig => ({ ...config, model: { ...config.model, peft: 'full' } });
    const { neededBytes } = await faultOf({ budget: 1, change: full }) as { neededBytes: number };
    expect(await faultOf({ budget: 1, most: neededBytes, change: full })).toMatchObject({ raise: true });
    expect(await faultOf({ budget: 1, most: neededBytes - 1, change: full })).not.toHaveProperty('raise');
  });

  it('is refused where an arena of the optimizer is larger than a binding of the device', async () => {
    const { checkpoint } = await real.model('nano-encoder');
    const largest = Math.max(...[...checkpoint.tensors.values()].map(({ count }) => 4 * count));
    const method = (model: Partial<RunConfig['model']>) => (config: RunConfig) => ({ ...config, model: { ...config.model, ...model } });
    expect(await faultOf({ limit: largest, change: method({ peft: 'full' }) })).toMatchObject({ code: 'out_of_memory', budgetBytes: largest, largest: [{ label: 'optimizer' }], lower: [] });
    expect(await faultOf({ limit: largest, change: method({ rank: 256, targets: ['q', 'k', 'v', 'o', 'up', 'down'] }) })).toMatchObject({ largest: [{ label: 'optimizer' }], lower: ['model.rank', 'model.targets'] });
  });
});
