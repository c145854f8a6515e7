/** Everything that this page keeps, as one file (a zip of what is a file anyway): runs, settings, rows of tables, and the run that is going. */
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { isTableMapping } from '../config/tables';
import { linkOf } from '../config/url';
import { checkpointName, withRecord } from './checkpointFile';
import { recordToGoOn } from './keptRun';
import type { Playground } from './playground';
import { recordOf } from './runList';
import { isLive } from './state';

const RUNS = 'runs.json';
const SETTINGS = 'settings.json';
const TABLES = 'tables.json';
const rowsName = (index: number) => `table-${index + 1}.json`;
const CHECKPOINT = /\.safetensors$/i;

/** Beyond this, a part of such a file is none that this page wrote: it keeps no snapshot above 512 MiB. */
const MOST_BYTES = 2 ** 30;
/** Curves and rows are text: little is gained beyond the fastest. */
const LEVEL = 1;

/** Whether a file is one of everything: a zip that begins with the runs, which no adapter and no model does. Reads its first bytes alone. */
export async function isEverything(file: Blob): Promise<boolean> {
  // A local file header (APPNOTE 4.3.7): 30 bytes, then the name.
  const head = new Uint8Array(await file.slice(0, 30 + RUNS.length).arrayBuffer());
  return strFromU8(head.subarray(0, 4)) === 'PK\u0003\u0004' && head[26] === RUNS.length && strFromU8(head.subarray(30)) === RUNS;
}

export async function exportEverything({ store, data, recovery, tables }: Pick<Playground, 'store' | 'data' | 'recovery' | 'tables'>): Promise<Uint8Array<ArrayBuffer>> {
  const { runs, current, phase, goOnFrom, draft, link, view, checkpoint } = store.getState();
  const latest = recovery.latest();
  // Of a run that is over nothing goes on.
  const going = (isLive(phase) || goOnFrom !== undefined) && latest?.runId === current ? runs.find(({ id }) => id === current) : undefined;
  const saved = latest?.file && going ? { step: latest.step, file: latest.file, record: recordToGoOn(going, data.get(going.id)!) } : checkpoint;
  // A run that comes with its snapshot is read from there, with its curves.
  const beside = saved === checkpoint ? checkpoint?.shownAs : going?.id;
  const records = runs.filter(({ kind, id }) => kind !== 'recorded' && id !== beside).map((run) => recordOf(run, data.get(run.id)!));
  const held = [...tables.held().values()];
  const parts: Zippable = {
    [RUNS]: strToU8(JSON.stringify({ runs: records })),
    [SETTINGS]: strToU8(JSON.stringify({ link: linkOf(draft, link?.changes), view })),
    [TABLES]: strToU8(JSON.stringify(held.map(({ source, table }) => ({ source, table })))),
  };
  for (const [index, { rows }] of held.entries()) parts[rowsName(index)] = new Uint8Array(await rows.arrayBuffer());
  // Tensors hardly become smaller.
  if (saved) parts[checkpointName(saved.record.name, saved.step)] = [withRecord(saved.file, JSON.stringify(saved.record)), { level: 0 }];
  return zipSync(parts, { level: LEVEL });
}

/** A part that is JSON; undefined where it is missing. @throws with the part's name */
function parsed(parts: Record<string, Uint8Array>, name: string): unknown {
  if (!parts[name]) return undefined;
  try {
    return JSON.parse(strFromU8(parts[name]));
  } catch {
    throw new Error(`${name} in it is damaged`);
  }
}

/**
 * Adds the runs of such a file to those that are here, takes over its settings and rows, and offers to go on with its snapshot. What is wrong
 * with it becomes a notice; nothing that was here is lost.
 */
export async function importEverything({ store, edits, runList, checkpoints, tables }: Pick<Playground, 'store' | 'edits' | 'runList' | 'checkpoints' | 'tables'>, file: File): Promise<void> {
  try {
    const parts = unzipSync(new Uint8Array(await file.arrayBuffer()), {
      filter: ({ name, originalSize }) => originalSize <= MOST_BYTES && (name.endsWith('.json') || CHECKPOINT.test(name)),
    });
    const runs = parsed(parts, RUNS) as { runs?: unknown } | undefined;
    if (!Array.isArray(runs?.runs)) throw new Error(`there is no ${RUNS} in it`);
    const settings = parsed(parts, SETTINGS) as { link?: unknown } | undefined;
    const listed = parsed(parts, TABLES);
    const held = (Array.isArray(listed) ? listed as { source?: unknown; table?: unknown }[] : []).flatMap(({ source, table }, index) => {
      const rows = parts[rowsName(index)];
      return typeof source === 'string' && isTableMapping(table) && rows ? [{ source, table, rows: new Blob([rows.slice()]) }] : [];
    });
    tables.restore(held);
    if (typeof settings?.link === 'string') edits.openLink(`#${settings.link}`);
    if (runs.runs.length > 0) runList.open(strFromU8(parts[RUNS]), file.name);
    const snapshot = Object.keys(parts).find((name) => CHECKPOINT.test(name));
    if (snapshot) await checkpoints.open(new File([parts[snapshot].slice()], snapshot));
  } catch (error) {
    store.setState({ notice: `${file.name}: not a file of everything from this page (${(error as Error).message}); choose one that was saved under ?.` });
  }
}
