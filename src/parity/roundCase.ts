/** A golden case as a referee has to see it where the engine holds weights in another format. */
import type { WeightFormat } from '../config/weightFormats';
import { readCase } from './case';
import { roundedWeights } from './roundedModel';
import { subfolder } from '../model/files/modelFolder';
import { diskSource } from '../sources/disk';

export { WEIGHT_FORMATS } from '../config/weightFormats';

/** @param folder a case's. @returns its file of weights with what the format leaves of the frozen matrices, and how many these are */
export async function roundCase(folder: string, format: WeightFormat): Promise<{ bytes: Uint8Array; changed: number }> {
  const source = diskSource(folder);
  const description = readCase(new TextDecoder().decode(await source.read('case.json')));
  const { bytes, changed } = await roundedWeights(description, subfolder(source, 'model'), format);
  return { bytes, changed: changed.length };
}
