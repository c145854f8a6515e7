/** Everything that this page keeps, as one file (a zip of what is a file anyway): runs with what they have trained, settings, rows of tables, the run that is going, and the queue with its results. */
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { isTableMapping } from '../config/tables';
import { linkOf } from '../config/url';
import { bytes } from '../protocol/format';
import { readLines } from '../studies/lines';
import { checkpointName, withRecord } from './checkpointFile';
import { recordToGoOn } from './keptRun';
import type { Playground } from './playground';
import { isQueued, studiesIn, waitingOf } from './queue/keptQueue';
import { recordOf } from './runList';
import { isLive, type TrainedFile, type TrainedFiles } from './state';

const RUNS = 'runs.json';
const SETTINGS = 'settings.json';
const TABLES = 'tables.json';
const WEIGHTS = 'weights.json';
const QUEUE = 'queue.json';
const LINES = 'results.jsonl';
const STUDIES = 'studies.json';
const trainedName = (index: number) => `run-${index + 1}.weights`;
const rowsName = (index: number) => `table-${index + 1}.json`;
const CHECKPOINT = /\.safetensors$/i;

/** Bytes of such a file at most, and of each part of it: what is kept of weights, a snapshot and the rows of several tables. */
const MOST_BYTES = 2 ** 30;
/** Curves and rows are text: little is gained beyond the fastest. */
const LEVEL = 1;
/** What a step of a curve, a result, and a byte of rows come to in the file, about: measured on runs of the default settings. */
const POINT_BYTES = 40;
const LINE_BYTES = 600;
const ROWS_SHRINK = 3;

/** Whether a file is one of everything: a zip that begins with the runs, which no adapter and no model does. Reads its first bytes alone. */
export async function isEverything(file: Blob): Promise<boolean> {
  // A local file header (APPNOTE 4.3.7): 30 bytes, then the name.
  const head = new Uint8Array(await file.slice(0, 30 + RUNS.length).arrayBuffer());
  return strFromU8(head.subarray(0, 4)) === 'PK\u0003\u0004' && head[26] === RUNS.length && strFromU8(head.subarray(30)) === RUNS;
}

type Given = Pick<Playground, 'store' | 'data' | 'recovery' | 'tables' | 'queue'>;

/** The run that goes on with its snapshot, or the checkpoint that waits; what the file has of it, and what the runs leave to it. */
function goingOn({ store, data, recovery }: Given) {
  const { runs, current, phase, goOnFrom, checkpoint } = store.getState();
  const latest = recovery.latest();
  // Of a run that is over nothing goes on.
  const going = (isLive(phase) || goOnFrom !== undefined) && latest?.runId === current ? runs.find(({ id }) => id === current) : undefined;
  const saved = latest?.file && going ? { step: latest.step, file: latest.file, record: recordToGoOn(going, data.get(going.id)!) } : checkpoint;
  // A run that comes with its snapshot is read from there, with its curves.
  return { saved, beside: saved === checkpoint ? checkpoint?.shownAs : going?.id };
}

/** About how many bytes the file will have: tensors as they are, text as it is packed. */
export function everythingBytes(given: Given): number {
  const { weights, runs } = given.store.getState();
  const points = runs.reduce((sum, { id, kind }) => sum + (kind === 'recorded' ? 0 : given.data.get(id)!.step.length), 0);
  const rows = [...given.tables.held().values()].reduce((sum, table) => sum + table.rows.size, 0);
  return Object.values(weights).reduce((sum, { file }) => sum + file.size, 0) + (goingOn(given).saved?.file.length ?? 0) + points * POINT_BYTES + rows / ROWS_SHRINK + given.queue.store.getState().lines.size * LINE_BYTES;
}

/** @throws with a sentence where it would be too large for one file */
export async function exportEverything(given: Given): Promise<Uint8Array<ArrayBuffer>> {
  const { store, data, tables, queue } = given;
  const { runs, draft, link, view, weights } = store.getState();
  const size = everythingBytes(given);
  if (size > MOST_BYTES) throw new Error(`everything together takes about ${bytes(size)}, and one file holds ${bytes(MOST_BYTES)}; remove runs whose weights you do not need, or take adapters along one by one`);
  const { saved, beside } = goingOn(given);
  const records = runs.filter(({ kind, id }) => kind !== 'recorded' && id !== beside).map((run) => recordOf(run, data.get(run.id)!));
  const held = [...tables.held().values()];
  const trained = Object.entries(weights);
  const waiting = queue.store.getState();
  const parts: Zippable = {
    [RUNS]: strToU8(JSON.stringify({ runs: records })),
    [SETTINGS]: strToU8(JSON.stringify({ link: linkOf(draft, link?.changes), view })),
    [TABLES]: strToU8(JSON.stringify(held.map(({ source, table }) => ({ source, table })))),
    [WEIGHTS]: strToU8(JSON.stringify(trained.map(([id, { step, at }]) => ({ id, step, at })))),
    [QUEUE]: strToU8(JSON.stringify(waitingOf(waiting))),
    [STUDIES]: strToU8(JSON.stringify(waiting.studies)),
    [LINES]: strToU8([...waiting.lines.values()].map((line) => `${JSON.stringify(line)}\n`).join('')),
  };
  for (const [index, { rows }] of held.entries()) parts[rowsName(index)] = new Uint8Array(await rows.arrayBuffer());
  // Tensors hardly become smaller.
  for (const [index, [, { file }]] of trained.entries()) parts[trainedName(index)] = [new Uint8Array(await file.arrayBuffer()), { level: 0 }];
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

/** Trained weights by the ids of their runs; files from before they came along have none. */
function trainedIn(parts: Record<string, Uint8Array>): TrainedFiles {
  const listed = parsed(parts, WEIGHTS);
  return Object.fromEntries((Array.isArray(listed) ? listed as (Partial<TrainedFile> & { id?: unknown } | null)[] : []).flatMap((entry, index) => {
    const found = parts[trainedName(index)];
    return found && typeof entry?.id === 'string' && Number.isInteger(entry.step) && typeof entry.at === 'number' ? [[entry.id, { step: entry.step!, at: entry.at, file: new Blob([found.slice()]) }]] : [];
  }));
}

/**
 * Adds the runs of such a file to those that are here, takes over its settings and rows, and offers to go on with its snapshot. What is wrong
 * with it becomes a notice; nothing that was here is lost.
 */
export async function importEverything({ store, edits, runList, checkpoints, tables, weights, queue }: Pick<Playground, 'store' | 'edits' | 'runList' | 'checkpoints' | 'tables' | 'weights' | 'queue'>, file: File): Promise<void> {
  try {
    if (file.size > 2 * MOST_BYTES) throw new Error(`it has ${bytes(file.size)}, and this page writes ${bytes(MOST_BYTES)} at most`);
    const parts = unzipSync(new Uint8Array(await file.arrayBuffer()), {
      filter: ({ name, originalSize }) => {
        if (originalSize > MOST_BYTES) throw new Error(`${name} in it has ${bytes(originalSize)}, more than this page writes`);
        return /\.(json|jsonl|weights)$/.test(name) || CHECKPOINT.test(name);
      },
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
    weights.take(trainedIn(parts));
    queue.addLines(readLines(strFromU8(parts[LINES] ?? new Uint8Array())).lines);
    queue.addStudies(studiesIn(parsed(parts, STUDIES)));
    const waiting = parsed(parts, QUEUE);
    queue.restore(Array.isArray(waiting) ? waiting.filter(isQueued) : []);
  } catch (error) {
    store.setState({ notice: `${file.name}: not a file of everything from this page (${(error as Error).message}); choose one that was saved under ?.` });
  }
}
