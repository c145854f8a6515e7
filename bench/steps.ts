/** The whole training step: wall time of steps in a row, and where on the device the time goes. */
import type { Gpu } from '../src/gpu/device';
import type { Pipelines } from '../src/gpu/pipelines';
import { RING_SLOTS } from '../src/kernels/step_metrics';
import { initialValues } from '../src/model/initialValues';
import { parameterSpecs } from '../src/model/parameters';
import type { Autotuner } from '../src/train/autotune';
import { plansOf } from '../src/train/stepExecutions';
import { Trainer } from '../src/train/trainer';
import { batchOf, checkpointOf, type Shape, STEP_CASES, type StepCase } from './models';
import { type Times, timesOf } from './timer';

export interface StepResult {
  name: string;
  dispatches: number;
  /** The dispatches in their order: the kernel, and what it computes. */
  list: { kernel: string; label: string }[];
  planBytes: number;
  /** Milliseconds a step, submits one after the other, nothing awaited between. */
  ms: Times;
  tokensPerSecond: number;
  /** Milliseconds by kernel from timestamps around every dispatch; absent where the adapter has none. */
  byKernel?: Record<string, number>;
}

const ROUND_MS = 250;

interface Runner { stepCase: StepCase; trainer: Trainer; next: number; perRound: number; taken: number[] }

/** A trainer as a run has it: on a GPU with the tiles that were measured to be the fastest. */
export async function createTrainer(gpu: Gpu, pipelines: Pipelines, tuner: Autotuner, shape: Shape, { method, passes }: StepCase): Promise<Trainer> {
  const checkpoint = checkpointOf(shape.config);
  const options = { gpu, pipelines, checkpoint, config: shape.config, method, passes, batch: shape.batch, target: { tileFor: tuner.tileFor } };
  await tuner.tune(plansOf(options)[0]);
  const trainer = await Trainer.create(options);
  await trainer.state.reset(await initialValues(shape.config, method, parameterSpecs(shape.config, method), checkpoint.tensors, 1));
  return trainer;
}

function submit(runner: Runner, shape: Shape): void {
  const { method } = runner.stepCase;
  const step = runner.next++;
  runner.trainer.step([batchOf(shape)], {
    seed: 1, ringSlot: step % RING_SLOTS, step, learningRate: 1e-4, weightDecay: 0.01, clip: 1, alpha: method.consistency.alpha, smoothing: 0, l1: 0, neftune: 0, rules: method.dropout,
  });
}

async function run(gpu: Gpu, runner: Runner, shape: Shape, steps: number): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < steps; i++) submit(runner, shape);
  await gpu.device.queue.onSubmittedWorkDone();
  return (performance.now() - begun) / steps;
}

export async function benchSteps(gpu: Gpu, pipelines: Pipelines, tuner: Autotuner, shape: Shape, rounds: number, say: (text: string) => void): Promise<StepResult[]> {
  const runners: Runner[] = [];
  for (const stepCase of STEP_CASES) runners.push({ stepCase, trainer: await createTrainer(gpu, pipelines, tuner, shape, stepCase), next: 0, perRound: 1, taken: [] });
  for (const runner of runners) {
    await run(gpu, runner, shape, 1);
    runner.perRound = Math.max(1, Math.round(ROUND_MS / (await run(gpu, runner, shape, 1))));
  }
  for (let round = 0; round < rounds; round++) {
    say(`steps, round ${round + 1} of ${rounds}`);
    for (const runner of runners) runner.taken.push(await run(gpu, runner, shape, runner.perRound));
  }
  const results: StepResult[] = [];
  for (const { stepCase, trainer, taken } of runners) {
    const ms = timesOf(taken);
    results.push({
      name: stepCase.name, dispatches: trainer.plan.dispatches.length, list: trainer.plan.dispatches.map(({ shader, entry, label }) => ({ kernel: `${shader.name} ${entry}`, label })), planBytes: trainer.plan.bytes, ms,
      tokensPerSecond: (shape.batch.samples * shape.batch.tokens * 1000) / ms.median,
      byKernel: await timeDispatches(gpu, trainer),
    });
    trainer.destroy();
  }
  return results;
}

/** One step with a timestamp before and after every dispatch. */
async function timeDispatches({ device }: Gpu, trainer: Trainer): Promise<Record<string, number> | undefined> {
  const { dispatches } = trainer.plan;
  const count = dispatches.length * 2;
  if (!device.features.has('timestamp-query') || count > 4096) return undefined;
  const queries = device.createQuerySet({ type: 'timestamp', count });
  const resolved = device.createBuffer({ size: count * 8, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: count * 8, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder({ label: 'timed step' });
  trainer.execution.encodeEach(encoder, (index) => ({ querySet: queries, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 }));
  encoder.resolveQuerySet(queries, 0, count, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, staging, 0, count * 8);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const times = new BigUint64Array(staging.getMappedRange().slice(0));
  for (const one of [resolved, staging, queries]) one.destroy();
  const byKernel: Record<string, number> = {};
  dispatches.forEach(({ shader, entry }, index) => {
    const name = `${shader.name} ${entry}`;
    byKernel[name] = (byKernel[name] ?? 0) + Number(times[2 * index + 1] - times[2 * index]) / 1e6;
  });
  return byKernel;
}
