/** What is benchmarked: the shapes of the playground's base model and a wider one, with weights that no number depends on. */
import { DEFAULT_CONFIG } from '../src/config/config';
import { applyPreset, type PresetName } from '../src/config/presets';
import { bodyShapes } from '../src/model/files/checkpointNames';
import { parseCheckpointConfig } from '../src/model/files/checkpointConfig';
import type { ModelConfig } from '../src/model/modelConfig';
import type { Checkpoint } from '../src/model/files/folder';
import type { TensorFile } from '../src/model/files/safetensors';
import { fromMemory } from '../src/model/files/storedTensors';
import type { Method, Passes } from '../src/model/method';
import { methodOf } from '../src/train/method';
import type { HostBatch } from '../src/train/trainer';

export interface Shape {
  name: string;
  config: ModelConfig;
  batch: { samples: number; tokens: number };
  /** Too much work for a software adapter. */
  onlyGpus?: boolean;
}

/** @param configText config.json of the base model, as it is in the repository */
export function shapesOf(configText: string): Shape[] {
  const fields = JSON.parse(configText) as Record<string, unknown>;
  const shape = (name: string, changed: Record<string, unknown>, batch = { samples: 16, tokens: 24 }): Shape => ({
    name,
    config: { ...parseCheckpointConfig(JSON.stringify({ ...fields, ...changed })), labels: 2, problem: 'classification' },
    batch,
  });
  return [
    shape('nano', {}),
    shape('wide', { hidden_size: 256, intermediate_size: 1024, num_attention_heads: 4 }),
    // Two layers of a RoBERTa of the usual size.
    { ...shape('base', { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12 }, { samples: 16, tokens: 128 }), onlyGpus: true },
  ];
}

/** Small regular values: neither zeros, which some hardware treats specially, nor anything that could grow. */
export function checkpointOf(config: ModelConfig): Checkpoint {
  const tensors = new Map<string, TensorFile>();
  for (const [name, shape] of bodyShapes(config)) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    tensors.set(name, { shape, values: Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) * 0.05) });
  }
  return { config, tensors: fromMemory(tensors) };
}

export function batchOf({ config, batch: { samples, tokens } }: Shape): HostBatch {
  return {
    ids: Uint32Array.from({ length: samples * tokens }, (_, i) => 4 + ((i * 37) % (config.vocabulary - 4))),
    lengths: new Uint32Array(samples).fill(tokens),
    labels: Float32Array.from({ length: samples }, (_, i) => i % 2),
  };
}

export interface StepCase {
  name: string;
  method: Method;
  passes: Passes;
}

const preset = (name: PresetName): Method => methodOf(applyPreset(name, DEFAULT_CONFIG));

export const STEP_CASES: StepCase[] = [
  { name: 'baseline', method: preset('baseline'), passes: 'doubled' },
  { name: 'HiddenKey, doubled batch', method: preset('hiddenkey'), passes: 'doubled' },
  { name: 'HiddenKey, in sequence', method: preset('hiddenkey'), passes: 'sequential' },
];
