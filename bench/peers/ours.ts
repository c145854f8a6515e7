/** The engine of this project as a subject, put together as a run puts it together. */
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { DropoutRules } from '../../src/config/dropout';
import { applyPreset } from '../../src/config/presets';
import { acquireDevice, type Gpu } from '../../src/gpu/device';
import { Pipelines } from '../../src/gpu/pipelines';
import { RING_SLOTS, RING_WIDTH } from '../../src/kernels/step_metrics';
import { bodyShapes, headShapes } from '../../src/model/files/checkpointNames';
import type { TensorFile } from '../../src/model/files/safetensors';
import { fromMemory } from '../../src/model/files/storedTensors';
import type { Method } from '../../src/model/method';
import type { ModelConfig } from '../../src/model/modelConfig';
import { parameterSpecs } from '../../src/model/parameters';
import { Autotuner } from '../../src/train/autotune';
import { methodOf } from '../../src/train/method';
import { plansOf } from '../../src/train/stepExecutions';
import { type HostBatch, Trainer } from '../../src/train/trainer';
import { ALPHA, BATCHES, batchOf, DROPOUT, FIRST_POSITION, LEARNING_RATE, NORM_EPSILON, type PeerShape, RANK, valuesOf } from './cases';
import type { Engine, Spec } from './subject';

function configOf(shape: PeerShape): ModelConfig {
  const { hidden, heads, layers, vocabulary, tokens } = shape;
  const decoder = shape.kind === 'decoder';
  return {
    architecture: decoder ? 'gpt2' : 'roberta', vocabulary, hidden, layers, heads, keyValueHeads: heads, headSize: hidden / heads, inner: 4 * hidden,
    positions: decoder ? tokens : tokens + FIRST_POSITION, types: decoder ? 0 : 1, padId: decoder ? 0 : FIRST_POSITION - 1, normEpsilon: NORM_EPSILON, ropeTheta: 0,
    causal: decoder, tied: true, labels: 2, problem: decoder ? 'language_model' : 'classification',
  };
}

function methodFor({ variant, fromLayer, every }: Spec): Method {
  const base: Method = { ...methodOf(applyPreset(variant === 'hiddenkey' ? 'hiddenkey' : 'baseline', DEFAULT_CONFIG)), rank: RANK, alpha: ALPHA, targets: ['q', 'v'] };
  if (variant === 'dropout') return { ...base, dropout: { weights: { p: DROPOUT, pattern: 'element', compensation: 'rescale' } } };
  const dropout = fromLayer === undefined ? base.dropout : Object.fromEntries(Object.entries(base.dropout).map(([position, rule]) => [position, { ...rule, fromLayer }])) as DropoutRules;
  return { ...base, dropout, consistency: { ...base.consistency, ...(every !== undefined && { every }) } };
}

export async function open({ profile }: Spec): Promise<Gpu> {
  const gpu = await acquireDevice(navigator.gpu, { profile });
  gpu.device.onuncapturederror = ({ error }) => console.error(error.message);
  return gpu;
}

export async function make(spec: Spec, device: unknown): Promise<Engine> {
  const gpu = device as Gpu;
  const { shape, whole, passes } = spec;
  const config = configOf(shape);
  const method = methodFor(spec);
  const tensors = new Map([bodyShapes(config), ...headShapes(config)].flatMap((group) => [...group]).map(([name, extents]): [string, TensorFile] => [name, { shape: extents, values: valuesOf(name, extents) }]));
  const pipelines = new Pipelines(gpu);
  const options = { gpu, pipelines, checkpoint: { config, tensors: fromMemory(tensors) }, config, method, passes, whole, batch: { samples: shape.samples, tokens: shape.tokens } };
  const tuner = new Autotuner(gpu, pipelines);
  await tuner.tune(plansOf(options)[0]);
  const trainer = await Trainer.create({ ...options, target: { tileFor: tuner.tileFor } });
  trainer.state.reset(new Map(parameterSpecs(config, method).map(({ name, of, shape: extents }) => [name, valuesOf(of, extents)])));
  const slotBytes = RING_WIDTH * 4;
  const staging = gpu.device.createBuffer({ size: slotBytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const batches = Array.from({ length: BATCHES }, (_, step): HostBatch => {
    const { ids, labels } = batchOf(shape, step);
    return { ids, lengths: new Uint32Array(shape.samples).fill(shape.tokens), labels: Float32Array.from(labels) };
  });
  return {
    async step(step) {
      trainer.step([batches[step % BATCHES]], {
        seed: 1, ringSlot: step % RING_SLOTS, step, learningRate: LEARNING_RATE, weightDecay: 0, clip: 0, alpha: method.consistency.alpha, smoothing: 0, l1: 0, neftune: 0, rules: method.dropout,
      }, (encoder) => encoder.copyBufferToBuffer(trainer.state.ring, (step % RING_SLOTS) * slotBytes, staging, 0, slotBytes));
      await staging.mapAsync(GPUMapMode.READ);
      const [crossEntropy] = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return crossEntropy;
    },
    dispatches: () => trainer.plan.dispatches.map(({ label, shader, entry }) => `${shader.name} ${entry}: ${label}`),
  };
}
