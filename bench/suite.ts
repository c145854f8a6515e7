/** The whole benchmark on one device, without a page and without a console, so that it runs in a browser and under Node alike. */
import { acquireDevice, type Gpu, type Profile } from '../src/gpu/device';
import { adapterName } from '../src/protocol/browsers';
import { Pipelines } from '../src/gpu/pipelines';
import { Autotuner } from '../src/train/autotune';
import { benchKernels, type KernelSuite } from './kernels';
import { batchOf, type Shape, shapesOf, STEP_CASES } from './models';
import { benchSteps, createTrainer, type StepResult } from './steps';

export interface BenchOptions {
  /** config.json of the base model. */
  configText: string;
  profile?: Profile;
  rounds: number;
  /** Names of the shapes to run; all that suit the adapter when left out. */
  shapes?: string[];
}

export interface ShapeResult extends KernelSuite {
  name: string;
  sizes: { samples: number; tokens: number; hidden: number; inner: number; heads: number; layers: number };
  steps: StepResult[];
}

export interface BenchResult {
  adapter: string;
  profile: Profile;
  subgroupSize: number;
  timestamps: boolean;
  rounds: number;
  shapes: ShapeResult[];
}

export async function runBench(entry: GPU | undefined, options: BenchOptions, say: (text: string) => void): Promise<BenchResult> {
  const gpu = await acquireDevice(entry, { profile: options.profile });
  const errors: string[] = [];
  gpu.device.onuncapturederror = (event: GPUUncapturedErrorEvent) => errors.push(event.error.message);
  const pipelines = new Pipelines(gpu);
  const tuner = new Autotuner(gpu, pipelines);
  const software = gpu.profile === 'software' || gpu.info.fallback;
  const adapter = adapterName(gpu.info);
  say(`${adapter}, profile ${gpu.profile}`);
  const shapes: ShapeResult[] = [];
  for (const shape of shapesOf(options.configText)) {
    if (options.shapes ? !options.shapes.includes(shape.name) : software && shape.onlyGpus) continue;
    say(`shape ${shape.name}`);
    shapes.push(await benchShape({ gpu, pipelines, tuner }, shape, options.rounds, say));
    // A time of work that the GPU refused is no time.
    if (errors.length) throw new Error(`bench: the GPU refused some work (${errors[0]})`);
  }
  gpu.device.destroy();
  return { adapter, profile: gpu.profile, subgroupSize: gpu.subgroupSize, timestamps: gpu.device.features.has('timestamp-query'), rounds: options.rounds, shapes };
}

async function benchShape({ gpu, pipelines, tuner }: { gpu: Gpu; pipelines: Pipelines; tuner: Autotuner }, shape: Shape, rounds: number, say: (text: string) => void): Promise<ShapeResult> {
  // HiddenKey on a doubled batch has every kind of kernel: masks, consistency, forward over 2·B rows, backward over B.
  const trainer = await createTrainer(gpu, pipelines, tuner, shape, STEP_CASES[1]);
  const suite = await benchKernels({ gpu, pipelines, config: shape.config, state: trainer.state, batch: batchOf(shape) }, trainer.plan, rounds, say);
  trainer.destroy();
  const { hidden, inner, heads, layers } = shape.config;
  return { name: shape.name, sizes: { ...shape.batch, hidden, inner, heads, layers }, ...suite, steps: await benchSteps(gpu, pipelines, tuner, shape, rounds, say) };
}
