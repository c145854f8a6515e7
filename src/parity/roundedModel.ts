/** A case's model with the values that a format leaves of its frozen matrices: what float32 kernels and referees are given to compare with. */
import type { WeightFormat } from '../config/weightFormats';
import { WEIGHT_ROWS } from '../kernels/weightFormats';
import { loadCheckpoint, type ModelFolder } from '../model/files/folder';
import { readSafetensors, writeSafetensors } from '../model/files/safetensors';
import { formatOf } from '../model/formatOf';
import { methodOf, type ParityCase } from './case';

export const WEIGHTS_FILE = 'model.safetensors';

/** @returns the file of weights, and the names of those that are not as they were */
export async function roundedWeights(description: ParityCase, folder: ModelFolder, weights: WeightFormat): Promise<{ bytes: Uint8Array<ArrayBuffer>; changed: string[] }> {
  const { config } = await loadCheckpoint(folder);
  const held = formatOf(config, { ...methodOf(description), weights });
  const tensors = readSafetensors(await folder.read(WEIGHTS_FILE), WEIGHTS_FILE);
  const changed = [...tensors.keys()].filter((name) => held(name) !== 'f32');
  for (const name of changed) tensors.set(name, { ...tensors.get(name)!, values: WEIGHT_ROWS[held(name)].rounded(tensors.get(name)!.values as Float32Array<ArrayBuffer>) });
  return { bytes: writeSafetensors(tensors), changed };
}
