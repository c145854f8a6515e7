/** Everything that this page keeps, as one file (a zip of what is a file anyway): runs, settings, and the run that is going. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { linkOf } from '../config/url';
import { checkpointName, withRecord } from './checkpointFile';
import type { Playground } from './playground';
import { recordOf } from './runList';

const RUNS = 'runs.json';
const SETTINGS = 'settings.json';

export const isEverything = (name: string) => name.toLowerCase().endsWith('.zip');

export function exportEverything({ store, data, recovery }: Playground): Uint8Array<ArrayBuffer> {
  const { runs, draft, view, checkpoint } = store.getState();
  const own = runs.filter(({ kind }) => kind !== 'recorded');
  const records = own.map((run) => recordOf(run, data.get(run.id)!));
  const latest = recovery.latest();
  const going = records.find(({ id }) => id === latest?.runId);
  const held = latest?.file && going ? { step: latest.step, file: latest.file, record: going } : checkpoint;
  return zipSync({
    [RUNS]: strToU8(JSON.stringify({ runs: records })),
    [SETTINGS]: strToU8(JSON.stringify({ link: linkOf(draft), view })),
    ...(held && { [checkpointName(held.record.name, held.step)]: withRecord(held.file, JSON.stringify(held.record)) }),
  });
}

/** Adds the runs of such a file to those that are here, takes over its settings, and offers to go on with its snapshot. */
export async function importEverything({ store, edits, runList, checkpoints }: Pick<Playground, 'store' | 'edits' | 'runList' | 'checkpoints'>, file: File): Promise<void> {
  let parts: Record<string, Uint8Array>;
  try {
    parts = unzipSync(new Uint8Array(await file.arrayBuffer()));
    if (!parts[RUNS]) throw new Error(`there is no ${RUNS} in it`);
  } catch (error) {
    store.setState({ notice: `${file.name}: not a file of everything from this page (${(error as Error).message}); choose one that was saved under ?.` });
    return;
  }
  const runs = JSON.parse(strFromU8(parts[RUNS])) as { runs: unknown[] };
  if (runs.runs.length > 0) runList.open(strFromU8(parts[RUNS]), file.name);
  const { link } = JSON.parse(parts[SETTINGS] ? strFromU8(parts[SETTINGS]) : '{}') as { link?: string };
  if (typeof link === 'string') edits.openLink(`#${link}`);
  const snapshot = Object.keys(parts).find((name) => name.endsWith('.safetensors'));
  if (snapshot) await checkpoints.open(new File([parts[snapshot].slice()], snapshot));
}
