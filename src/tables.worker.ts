/** The door to the reading of tables, in a worker of its own so that a large file holds up neither the page nor training. */
import { referenceText } from './config/sources';
import { PARTS, type Part } from './config/tables';
import type { FromTables, ToTables } from './protocol/tableReading';
import { localSource } from './sources/files';
import { openTable } from './tables/openTable';
import { type Files, partsOf } from './tables/parts';

/** Rows that the page shows; the others stay here. */
const PREVIEW = 8;
/** Enough of a text to see what it is. */
const SHOWN = 2000;

const short = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Copies rows with their long texts cut, which the page would only lay out in vain. */
function shortened<T>(value: T): T {
  if (typeof value === 'string') return short(value) as T;
  if (Array.isArray(value)) return value.map(shortened) as T;
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)])) as T;
  return value;
}

/** What each file is for, the other way round. @throws where nothing is left to train on */
function filesFor(paths: readonly string[], parts: Record<string, Part> | undefined): Files {
  const chosen = (part: Part) => paths.filter((path) => parts?.[path] === part);
  const files = parts ? { training: chosen('training'), ...Object.fromEntries(PARTS.slice(1).map((part) => [part, chosen(part)]).filter(([, of]) => of.length > 0)) } : partsOf(paths);
  if (!files || files.training.length === 0) throw new Error(`none of ${paths.join(', ')} is for training; choose one for it`);
  return files;
}

async function answer({ id, name, files: given, parts, wishes, seed }: ToTables): Promise<FromTables> {
  try {
    const source = await localSource(name, given);
    const files = filesFor((await source.list()).map(({ path }) => path), parts);
    const { report, preview, sets, table, rows, fingerprint } = await openTable(source, files, wishes, seed);
    return {
      id, report: shortened(report), preview: shortened(preview.slice(0, PREVIEW)), sets, fingerprint,
      parts: Object.fromEntries(Object.entries(files).flatMap(([part, paths]) => (paths ?? []).map((path) => [path, part as Part]))),
      ...(table && { handed: { source: referenceText({ kind: 'local', name, fingerprint }), table, rows: new Blob([JSON.stringify(rows)]) } }),
    };
  } catch (error) {
    return { id, detail: (error as Error).message };
  }
}

self.onmessage = async ({ data }: MessageEvent<ToTables>) => self.postMessage(await answer(data));
