/** A run as the browser keeps it between visits: its record with columns as they are, and how the page shows it. Read back with the care that a file gets. */
import { possibleChanges } from '../config/changes';
import type { RunRecord } from '../protocol/run';
import { readRecord } from './recordFile';
import { RunData } from './runData';
import { recordOf } from './runList';
import type { RunInfo } from './state';

export interface KeptRun {
  record: Omit<RunRecord, 'points'>;
  /** Not rounded, as records are: a run that goes on goes on exactly. */
  columns: Record<keyof RunRecord['points'], Float64Array>;
  shown: Pick<RunInfo, 'renamed' | 'colour' | 'kind' | 'pinned' | 'hidden' | 'coming'>;
  /** Place in the list. */
  place: number;
  /** Whether it had come to its end, or was ended. */
  over: boolean;
}

export const COLUMNS = ['step', 'crossEntropy', 'consistency', 'gradientNorm', 'learningRate', 'seconds'] as const;

/** What a record holds of curves, without its rounding. */
const exactPoints = (data: RunData): RunRecord['points'] => Object.fromEntries(COLUMNS.map((name) => [name, Array.from(data[name].view())])) as unknown as RunRecord['points'];

/** The record that a run goes on from: its curves exactly as they are, and the changes that are still to come. */
export function recordToGoOn(run: RunInfo, points: RunData): RunRecord {
  const changes = [...run.changes, ...(run.coming ?? []).filter(({ step }) => step > points.stepsDone())];
  return { ...recordOf(run, points), points: exactPoints(points), changes };
}

export function keptRun(run: RunInfo, data: RunData, place: number, over: boolean): KeptRun {
  const { renamed, colour, kind, pinned, hidden, coming } = run;
  const { points: _, ...record } = recordOf(run, new RunData());
  return {
    record: { ...record, evaluations: [...data.evaluations] },
    columns: Object.fromEntries(COLUMNS.map((name) => [name, data[name].view().slice()])) as KeptRun['columns'],
    shown: { renamed, colour, kind, pinned, hidden, coming }, place, over,
  };
}

export type ReadRun = { ok: true; run: RunInfo; data: RunData; place: number; over: boolean } | { ok: false; sentence: string };

/** Reads what the browser gives back, with a sentence for what no page of this kind can have written, or can read any more. */
export function readKeptRun(value: unknown): ReadRun {
  try {
    const { record, columns = {}, shown, place, over } = value as Partial<KeptRun> & Pick<KeptRun, 'record' | 'shown'>;
    const points = Object.fromEntries(COLUMNS.map((name) => [name, Array.from(columns[name as never] ?? [])]));
    const read = readRecord(JSON.stringify({ ...record, points }), typeof record.name === 'string' ? record.name : 'a run');
    if (!read.ok) return read;
    const { id, name, createdAt, device, config, changes, test, texts, scores } = read.record;
    const run: RunInfo = {
      id, name, createdAt, device, config, changes, ...(test && { test }), ...(texts && { texts }), ...(scores && { scores }), renamed: shown.renamed === true, colour: Number(shown.colour) || 0, kind: shown.kind === 'loaded' ? 'loaded' : 'live',
      pinned: shown.pinned === true, hidden: shown.hidden === true, ...(Array.isArray(shown.coming) && { coming: possibleChanges(config, shown.coming, []) }),
    };
    return { ok: true, run, data: RunData.fromRecord(read.record), place: Number(place) || 0, over: over === true };
  } catch {
    return { ok: false, sentence: 'What the browser kept of it has another form than this page writes.' };
  }
}
