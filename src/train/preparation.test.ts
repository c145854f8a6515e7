/** What is refused before anything is allocated, on the shipped encoder and on larger models made of its configuration. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import type { Gpu } from '../gpu/device';
import type { ModelConfig } from '../model/modelConfig';
import { diskSource } from '../sources/disk';
import type { Autotuner } from './autotune';
import { Library } from './library';
import { prepare } from './preparation';
import { Refusal } from './refusal';

const real = new Library(async (name) => diskSource(fileURLToPath(new URL(`../../public/models/${name}`, import.meta.url))));
const tuner = { tileFor: () => undefined, tune: async () => false } as unknown as Autotuner;

/** The fault with which a preparation is refused, undefined where it is not. */
async function faultOf({ sizes = {}, change = (config: RunConfig) => config, limit = 2 ** 30, budget = 2 ** 40 }: { sizes?: Partial<ModelConfig>; change?: (config: RunConfig) => RunConfig; limit?: number; budget?: number }) {
  const library = {
    async model(name: string) {
      const { checkpoint, tokenizer } = await real.model(name);
      return { checkpoint: { ...checkpoint, config: { ...checkpoint.config, ...sizes } }, tokenizer };
    },
    data: (...given: Parameters<Library['data']>) => real.data(...given),
  } as unknown as Library;
  const gpu = { profile: 'gpu', subgroupSize: 0, memoryBudget: budget, device: { limits: { maxBufferSize: limit, maxStorageBufferBindingSize: limit } } } as unknown as Gpu;
  try {
    await prepare(gpu, tuner, library, change(structuredClone(DEFAULT_CONFIG)));
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
    // 256 rows of an evaluation with 512 heads each are 131,072 products; the 2 rows of a batch are 1024.
    const fault = await faultOf({ sizes: { hidden: 512, heads: 512, keyValueHeads: 512, headSize: 1 }, change: (config) => ({ ...config, optimizer: { ...config.optimizer, batchSize: 2 } }) });
    expect(fault).toMatchObject({ code: 'out_of_memory', predicted: true, neededBytes: Infinity });
  });

  it('is refused where a weight is larger than a binding of the device, before anything else is said', async () => {
    const { checkpoint } = await real.model('nano-encoder');
    const [label, bytes] = [...checkpoint.tensors].map(([name, { count }]) => [name, 4 * count] as const).reduce((one, other) => (other[1] > one[1] ? other : one));
    const refused = { code: 'out_of_memory', predicted: true, neededBytes: bytes, budgetBytes: bytes - 1, largest: [{ label, bytes }], lower: [] };
    expect(await faultOf({ limit: bytes - 1 })).toEqual(refused);
    expect(await faultOf({ limit: bytes })).not.toMatchObject({ largest: [{ label }] });
  });

  it('is refused where an arena of the optimizer is larger than a binding of the device', async () => {
    const { checkpoint } = await real.model('nano-encoder');
    const largest = Math.max(...[...checkpoint.tensors.values()].map(({ count }) => 4 * count));
    const method = (model: Partial<RunConfig['model']>) => (config: RunConfig) => ({ ...config, model: { ...config.model, ...model } });
    expect(await faultOf({ limit: largest, change: method({ peft: 'full' }) })).toMatchObject({ code: 'out_of_memory', budgetBytes: largest, largest: [{ label: 'optimizer' }], lower: [] });
    expect(await faultOf({ limit: largest, change: method({ rank: 256, targets: ['q', 'k', 'v', 'o', 'up', 'down'] }) })).toMatchObject({ largest: [{ label: 'optimizer' }], lower: ['model.rank', 'model.targets'] });
  });
});
