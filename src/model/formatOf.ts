/** Which weights of a model stay as they are, and in which format each is held. */
import { architectureOf } from './architectures';
import type { StoredTensor } from './files/storedTensors';
import { frozenFormat } from './matrices';
import type { ModelConfig } from './modelConfig';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';
import type { FormatOf } from './weights';

/** The method's format for the matrices that it leaves frozen; float32 for all else. */
export const formatOf = (config: ModelConfig, trained: Trained): FormatOf => frozenFormat(architectureOf(config), config, trained, parameterSpecs(config, trained));

/** The tensors that the method leaves frozen. The others lie on the device once, where what is trained lies. */
export function frozenTensors(config: ModelConfig, trained: Trained, tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const own = new Set(parameterSpecs(config, trained).map(({ of }) => of));
  return new Map([...tensors].filter(([name]) => !own.has(name)));
}
