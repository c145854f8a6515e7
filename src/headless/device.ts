/** What commands that run a model once have in common: a device that computes rightly, and a model on it for as long as it is used. */
import { acquireDevice, type Gpu, type Profile } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { selfTest } from '../gpu/selfTest';
import type { Checkpoint } from '../model/files/folder';
import { formatOf, frozenTensors } from '../model/formatOf';
import type { Trained } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { ModelState } from '../model/state';
import { Weights } from '../model/weights';
import { adapterName } from '../protocol/browsers';
import { chooseBudget } from '../train/deviceInfo';

/** A model with everything that is not in its checkpoint. */
export interface Scored {
  /** Of the problem that is asked, complete but for what `values` has. */
  checkpoint: Checkpoint;
  trained: Trained;
  /** Tensors of the method by their saved name, but for those that are as the checkpoint has them. */
  values: Map<string, Float32Array>;
}

/** A method that adds nothing to a model: LoRA without a target. Of a classifier its head, and nothing else. */
export const NOTHING_ADDED: Trained = { peft: 'lora', rank: 1, alpha: 1, targets: [] };

export interface Opened {
  device: Gpu;
  pipelines: Pipelines;
  /** Adapter and profile, as people know them. */
  name: string;
}

/** @param budget GiB that may be taken; left out: the usual. @throws with a sentence where there is no device that computes rightly */
export async function openDevice(gpu: GPU, profile: Profile | undefined, budget?: number): Promise<Opened> {
  const device = await acquireDevice(gpu, { profile });
  const problem = chooseBudget(device, budget);
  if (problem) throw new Error(`--budget: ${problem}`);
  const pipelines = new Pipelines(device);
  const wrong = await selfTest(device, pipelines);
  if (wrong) throw new Error(`the GPU computes wrongly (${wrong}); choose another adapter`);
  return { device, pipelines, name: `${adapterName(device.info)}, ${device.profile}` };
}

/**
 * Brings a model to the device for `work`, and frees it afterwards.
 * @param spoiled what a refused command spoils and what else to do, as the middle of a sentence
 * @throws with a sentence where WebGPU refuses something meanwhile
 */
export async function withModel<T>(gpu: Gpu, { checkpoint: { config, tensors }, trained, values }: Scored, spoiled: string, work: (state: ModelState) => Promise<T>): Promise<T> {
  const refused: string[] = [];
  const listen = ({ error }: GPUUncapturedErrorEvent) => refused.push(error.message.split('\n')[0]);
  gpu.device.addEventListener('uncapturederror', listen);
  const weights = await Weights.load(gpu, frozenTensors(config, trained, tensors), { formatOf: formatOf(config, trained) });
  const state = new ModelState(gpu, weights, parameterSpecs(config, trained), tensors);
  try {
    await state.reset(values);
    const result = await work(state);
    if (refused.length > 0) throw new Error(`WebGPU refused a command (${refused[0]}), so ${spoiled}, or choose another adapter`);
    return result;
  } finally {
    state.destroy();
    weights.destroy();
    gpu.device.removeEventListener('uncapturederror', listen);
  }
}
