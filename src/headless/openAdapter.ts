/** An adapter that a person names, on its base. */
import type { Adapted } from '../adapters/apply';
import { openOnto } from '../adapters/open';
import type { HeldCheckpoint } from '../model/files/folder';
import { openNamed, type Openable } from './openModel';

/** @param base in memory, since an adapter may change its weights @throws with a sentence */
export const openAdapter = async (base: HeldCheckpoint, adapter: string, openable: Openable): Promise<{ adapted: Adapted }> => openOnto(base, await openNamed(adapter, '--adapter', openable));
