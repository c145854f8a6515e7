/** What the files of a table are for, by their names, and how much is held out where a file is missing. */
import { PARTS, type Part } from '../config/tables';

const NAMES: [Part, RegExp][] = [
  ['training', /(^|[^a-z])train(ing|set)?([^a-z]|$)/i],
  ['validation', /(^|[^a-z])(dev|devset|val|valid|validation)([^a-z]|$)/i],
  ['test', /(^|[^a-z])test(set)?([^a-z]|$)/i],
];

/** What a file is for by its name; undefined where that says nothing. */
export const partOf = (path: string): Part | undefined => NAMES.find(([, name]) => name.test(path.split('/').at(-1)!))?.[0] ?? NAMES.find(([, name]) => name.test(path))?.[0];

export type Files = { training: string[] } & Partial<Record<Part, string[]>>;

/** A file alone is trained on; of several, one whose name says nothing takes the first part that is free. Undefined where nothing is left to train on. */
export function partsOf(paths: readonly string[]): Files | undefined {
  if (paths.length === 1) return { training: [...paths] };
  const files: Partial<Record<Part, string[]>> = {};
  const unnamed: string[] = [];
  for (const path of paths) {
    const part = partOf(path);
    if (part) (files[part] ??= []).push(path);
    else unnamed.push(path);
  }
  for (const path of unnamed) (files[PARTS.find((part) => !files[part]) ?? 'training'] ??= []).push(path);
  return files.training ? { ...files, training: files.training } : undefined;
}

/** Of small tables a tenth would be too little to say anything; of large ones this many rows are enough. */
const SMALL = 200;
const ENOUGH = 2000;

export function shareOf(rows: number): number {
  return Number(Math.min(rows < SMALL ? 0.2 : 0.1, ENOUGH / Math.max(1, rows)).toFixed(4));
}
