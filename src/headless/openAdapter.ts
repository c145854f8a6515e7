/** An adapter that a person names, on its base: peft's two files, or the one of a method that peft lacks. */
import { type Adapted, applyAdapter } from '../adapters/apply';
import type { AdapterConfig } from '../adapters/config';
import { readAdapter } from '../adapters/files';
import { applyMethodFile, METHOD_FILE } from '../adapters/methodFile';
import type { HeldCheckpoint } from '../model/files/folder';
import { openNamed, type Openable } from './openModel';

/** @param base in memory, since an adapter may change its weights @throws with a sentence */
export async function openAdapter(base: HeldCheckpoint, adapter: string, openable: Openable): Promise<{ adapted: Adapted; config?: AdapterConfig }> {
  const opened = await openNamed(adapter, '--adapter', openable);
  const own = await opened.read(METHOD_FILE).catch(() => undefined);
  if (own) return { adapted: applyMethodFile(base, own) };
  const files = await readAdapter(opened);
  return { adapted: applyAdapter(base, files), config: files.config };
}
