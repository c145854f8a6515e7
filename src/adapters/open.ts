/** The folder of an adapter, peft's two files or the one of a method that peft lacks, on its base. */
import type { ModelFolder } from '../model/files/modelFolder';
import type { HeldCheckpoint } from '../model/files/folder';
import { type Adapted, applyAdapter } from './apply';
import type { AdapterConfig } from './config';
import { readAdapter } from './files';
import { applyMethodFile, METHOD_FILE } from './methodFile';

/**
 * @param base in memory, since an adapter may change its weights
 * @param check may refuse a configuration before it is put on
 * @throws LoadError
 */
export async function openOnto(base: HeldCheckpoint, folder: ModelFolder, check?: (config: AdapterConfig) => void): Promise<{ adapted: Adapted; config?: AdapterConfig }> {
  const own = await folder.read(METHOD_FILE).catch(() => undefined);
  if (own) return { adapted: applyMethodFile(base, own) };
  const files = await readAdapter(folder);
  check?.(files.config);
  return { adapted: applyAdapter(base, files), config: files.config };
}
