/** Runs that are shown before anything has run. `recorded/index.json` names their files, oldest first; the page works without any. */
import type { Playground } from './playground';
import { readRecord } from './recordFile';

/** A developer's server answers a missing file with the page itself, hence the look at the type. */
async function textOf(url: string): Promise<string | undefined> {
  const response = await fetch(url);
  return response.ok && response.headers.get('content-type')?.includes('json') ? response.text() : undefined;
}

export async function loadRecorded({ runList, store }: Pick<Playground, 'runList' | 'store'>, folder = 'recorded/'): Promise<void> {
  try {
    const names = JSON.parse((await textOf(`${folder}index.json`)) ?? '[]') as string[];
    for (const name of names) {
      const found = readRecord((await textOf(folder + name)) ?? '', name);
      // A run may have been started in the meantime; a picture from the past would only be in its way.
      if (store.getState().runs.some((run) => run.kind !== 'recorded')) return;
      if (found.ok) runList.addRecord(found.record, 'recorded');
    }
  } catch {
    // Offline, or nothing recorded yet: the empty charts say what to do.
  }
}
