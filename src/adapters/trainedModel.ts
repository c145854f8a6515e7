/** A trained run as an adapter is made of it. */
import type { TensorFile } from '../model/files/safetensors';
import type { StoredTensor } from '../model/files/storedTensors';
import type { Trained } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';

export interface TrainedModel {
  /** Of the problem that was trained. */
  config: ModelConfig;
  trained: Trained;
  /** Trained tensors by their saved name (`ParameterSpec.name`). */
  values: ReadonlyMap<string, Float32Array>;
  /** The same before the first step, which PiSSA's frozen rest depends on. */
  start?: ReadonlyMap<string, Float32Array>;
  /** The base's own tensors by transformers' name, where they lie. */
  base: ReadonlyMap<string, StoredTensor>;
}

export type TensorFiles = Map<string, TensorFile>;
