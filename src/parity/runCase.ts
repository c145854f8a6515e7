/**
 * Runs one reference case through the engine's own loader, tape, plan, kernels and optimizer, and returns what the reference run wrote:
 * per-step scalars, step-0 logits and gradients, final tensors, logits without dropout.
 */
import type { WeightFormat } from '../config/weightFormats';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { readRanges } from '../gpu/readback';
import { type ModelFolder, loadCheckpoint } from '../model/files/folder';
import { subfolder } from '../model/files/modelFolder';
import { formatOf, frozenTensors } from '../model/formatOf';
import { checkpointFor } from '../model/forProblem';
import { readSafetensors, type TensorFile, writeSafetensors } from '../model/files/safetensors';
import type { Method, Passes } from '../model/method';
import type { PlanTarget } from '../model/plans';
import { ARENAS } from '../model/state';
import { weightBytes, Weights } from '../model/weights';
import { MetricsRing } from '../train/metricsRing';
import { scheduleFactor } from '../config/schedule';
import { type HostBatch, Trainer, writeBatch } from '../train/trainer';
import { hostBatches } from './batches';
import { labelsOf, methodOf, type ParityCase, problemOf, readCase } from './case';

export interface ParityOptions {
  passes?: Passes;
  target?: Partial<PlanTarget>;
  /** How frozen matrices are held; left out: as float32. */
  weights?: WeightFormat;
}

/** What a case took: seconds, and bytes on the device. The first step's time has what a driver compiles late. */
export interface ParityCost {
  load: number;
  compile: number;
  step: number;
  weights: number;
  training: number;
}

export interface ParityResult {
  cost: ParityCost;
  steps: { ce: number; consistency: number; loss: number; lr: number; grad_norm: number }[];
  tensors: Map<string, TensorFile>;
}

/**
 * @param folder the case's folder: `case.json`, `init.safetensors`, `model/…`
 * @throws when the case cannot be run, or WebGPU refused something meanwhile: what was not computed reads as zeros
 */
export async function runCaseFolder(gpu: Gpu, pipelines: Pipelines, folder: ModelFolder, options: ParityOptions = {}): Promise<{ actual: string; tensors: Uint8Array; cost: ParityCost }> {
  const description = readCase(new TextDecoder().decode(await folder.read('case.json')));
  const init = readSafetensors(await folder.read('init.safetensors'), 'init.safetensors');
  const refused: string[] = [];
  const listen = ({ error }: GPUUncapturedErrorEvent) => refused.push(error.message.split('\n')[0]);
  gpu.device.addEventListener('uncapturederror', listen);
  const result = await runCase(gpu, pipelines, description, subfolder(folder, 'model'), init, options)
    .finally(() => gpu.device.removeEventListener('uncapturederror', listen));
  if (refused.length > 0) throw new Error(`case ${description.name}: WebGPU refused a command (${refused[0]}); its numbers are worth nothing, run it alone and look at this dispatch`);
  return { actual: JSON.stringify(result.steps, null, 1), tensors: writeSafetensors(result.tensors), cost: result.cost };
}

export async function runCase(gpu: Gpu, pipelines: Pipelines, description: ParityCase, model: ModelFolder, init: Map<string, TensorFile>, options: ParityOptions = {}): Promise<ParityResult> {
  const { weights, ...rest } = options;
  const method: Method = { ...methodOf(description), weights };
  const checkpoint = checkpointFor(await loadCheckpoint(model), { problem: problemOf(description), labels: labelsOf(description) }, method);
  const { config } = checkpoint;
  const virtualRows = method.peft === 'prompt' ? (method.virtualTokens ?? 0) : 0;
  const batches = hostBatches(description, config, virtualRows);
  const samples = batches[0].lengths.length;
  const tokens = batches[0].ids.length / samples;
  const { hyper } = description;
  const { accumulation = 1 } = hyper;
  const held = formatOf(config, method);
  const lap = laps();
  const frozen = frozenTensors(config, method, checkpoint.tensors);
  const onDevice = await Weights.load(gpu, frozen, { formatOf: held });
  await gpu.device.queue.onSubmittedWorkDone();
  const load = lap();
  const trainer = await Trainer.create({ weights: onDevice, gpu, pipelines, checkpoint, config, method, batch: { samples, tokens }, accumulation, keep: ['logits', 'logits.branch1'], ...rest }).catch((error: unknown) => {
    onDevice.destroy();
    throw error;
  });
  const cost: ParityCost = {
    load, compile: lap(), step: 0, weights: [...frozen].reduce((sum, [name, tensor]) => sum + weightBytes(tensor, held(name)), 0),
    training: trainer.planBytes + ARENAS.length * 4 * trainer.state.arenaElements,
  };
  const rates: number[] = [];
  const steps: ParityResult['steps'] = [];
  const { kind, alpha } = method.consistency;
  const ring = new MetricsRing(gpu, trainer.state.ring, ({ from, crossEntropy, consistency, gradientNorm }) => {
    crossEntropy.forEach((ce, index) => {
      const term = consistency[index];
      steps[from + index] = { ce, consistency: term, loss: ce + (kind === 'none' ? 0 : alpha * term), lr: rates[from + index], grad_norm: gradientNorm[index] };
    });
  });
  try {
    await trainer.reset(new Map([...init].map(([name, { values }]) => [name, values])));
    const shapes = new Map([...trainer.state.slices.values()].map(({ spec }) => [spec.name, spec.shape]));
    const tensors = new Map<string, TensorFile>();
    const shape: LogitsShape = { samples, rows: config.problem === 'language_model' ? tokens : 0, virtualRows, outputs: config.problem === 'language_model' ? config.vocabulary : config.labels };
    for (let step = 0; step * accumulation < batches.length; step++) {
      if (ring.isFull(step)) await bringHome(ring, step);
      const learningRate = hyper.lr * scheduleFactor('linear', step, hyper.warmup, hyper.total);
      rates.push(learningRate);
      if (step === 0) lap();
      trainer.step(batches.slice(step * accumulation, (step + 1) * accumulation), {
        seed: description.mask_seed, ringSlot: ring.slot(step), step, learningRate, weightDecay: hyper.weight_decay, clip: hyper.clip ?? 0,
        alpha, smoothing: hyper.smoothing ?? 0, l1: hyper.l1 ?? 0, neftune: hyper.neftune ?? 0, rules: method.dropout,
      });
      if (step > 0) continue;
      await gpu.device.queue.onSubmittedWorkDone();
      cost.step = lap();
      await keepLogits(trainer, method, shape, tensors);
      for (const [name, values] of await trainer.state.read('gradients')) tensors.set(`step0.grad.${name}`, { shape: shapes.get(name)!, values });
    }
    for (const [name, values] of await trainer.state.read('values')) tensors.set(`final.${name}`, { shape: shapes.get(name)!, values });
    tensors.set('eval.logits', logitsOf(await evaluate(trainer, batches[0], samples, tokens), shape));
    await bringHome(ring, rates.length);
    return { steps, tensors, cost };
  } finally {
    ring.destroy();
    trainer.destroy();
    onDevice.destroy();
  }
}

/** Seconds since the call before. */
function laps(): () => number {
  let before = performance.now();
  return () => {
    const seconds = (performance.now() - before) / 1000;
    before = performance.now();
    return seconds;
  };
}

async function bringHome(ring: MetricsRing, step: number): Promise<void> {
  ring.flush(step);
  await ring.settle();
}

interface LogitsShape {
  samples: number;
  /** Tokens that have logits, 0 where a sample has one row. */
  rows: number;
  virtualRows: number;
  outputs: number;
}

/** Logits without the rows of virtual tokens, in the shape that transformers gives them. */
function logitsOf(values: Float32Array, { samples, rows, virtualRows, outputs }: LogitsShape): TensorFile {
  if (rows === 0) return { shape: [samples, outputs], values };
  const real = new Float32Array(samples * rows * outputs);
  for (let sample = 0; sample < samples; sample++) {
    const from = (sample * (virtualRows + rows) + virtualRows) * outputs;
    real.set(values.subarray(from, from + rows * outputs), sample * rows * outputs);
  }
  return { shape: [samples, rows, outputs], values: real };
}

/** A doubled batch keeps both passes in one tensor, first pass first. */
async function keepLogits(trainer: Trainer, method: Method, shape: LogitsShape, tensors: Map<string, TensorFile>): Promise<void> {
  const names = trainer.plan.kept.has('logits.branch1') ? ['logits', 'logits.branch1'] : ['logits'];
  const [first, second] = await trainer.read(names);
  const half = shape.samples * (shape.rows === 0 ? 1 : shape.rows + shape.virtualRows) * shape.outputs;
  tensors.set('step0.logits', logitsOf(first.slice(0, half), shape));
  if (method.consistency.kind !== 'none') tensors.set('step0.logits.branch1', logitsOf(second ?? first.slice(half), shape));
}

async function evaluate(trainer: Trainer, batch: HostBatch, samples: number, tokens: number): Promise<Float32Array> {
  const { gpu, config } = trainer.options;
  const execution = await trainer.evaluator({ samples, tokens });
  writeBatch(execution, batch, config);
  execution.submit('evaluate');
  const [logits] = await readRanges(gpu.device, [execution.kept('logits')]);
  execution.destroy();
  return logits;
}
