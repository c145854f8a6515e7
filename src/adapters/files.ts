/** The folder of an adapter, as peft saves one. */
import { LoadError } from '../model/files/loadError';
import type { ModelFolder } from '../model/files/folder';
import { readSafetensors, type TensorFile } from '../model/files/safetensors';
import { collected } from '../sources/files';
import { type AdapterConfig, CONFIG_FILE, parseAdapterConfig } from './config';

export const WEIGHTS_FILE = 'adapter_model.safetensors';

export interface AdapterFiles {
  config: AdapterConfig;
  tensors: Map<string, TensorFile>;
}

/** The tensors of an adapter's file. @throws LoadError for a value that is no number */
export function readFinite(bytes: ArrayBuffer | Uint8Array, file: string): Map<string, TensorFile> {
  const tensors = readSafetensors(bytes, file);
  for (const [name, { values }] of tensors) {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new LoadError(file, `tensor ${name}: value ${wrong} is ${values[wrong]}; save the adapter again, before its training went astray`);
  }
  return tensors;
}

/**
 * Reads `adapter_config.json` and `adapter_model.safetensors`.
 * @throws LoadError that names the file and what to do next; a pickle is never opened
 */
export async function readAdapter(folder: ModelFolder): Promise<AdapterFiles> {
  const config = parseAdapterConfig(new TextDecoder().decode(await folder.read(CONFIG_FILE)));
  let bytes: Uint8Array;
  try {
    bytes = await collected(WEIGHTS_FILE, folder.stream(WEIGHTS_FILE), Infinity);
  } catch (error) {
    const pickled = await folder.read('adapter_model.bin').then(() => true, () => false);
    if (!pickled) throw error;
    throw new LoadError('adapter_model.bin', `is a pickle, which can run any program when it is opened, so it is not; save the adapter as safetensors: PeftModel.from_pretrained(base, folder).save_pretrained(folder, safe_serialization=True)`);
  }
  return { config, tensors: readFinite(bytes, WEIGHTS_FILE) };
}
