/** The door to the reading of tables, in a worker of its own so that a large file holds up neither the page nor training. */
import type { FromTables, ToTables } from './protocol/tableMessages';
import { importTable } from './tables/importTable';

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

async function answer({ id, name, file, wishes }: ToTables): Promise<FromTables> {
  try {
    const { report, examples } = await importTable(name, new Uint8Array(await file.arrayBuffer()), wishes);
    return { id, report: shortened(report), preview: shortened(examples.slice(0, PREVIEW)) };
  } catch (error) {
    return { id, detail: (error as Error).message };
  }
}

self.onmessage = async ({ data }: MessageEvent<ToTables>) => self.postMessage(await answer(data));
