/** How many rows a dataset has, as the Hub's datasets server counts them: good to know before anything is fetched, and nothing depends on it. */
import { collected } from '../files';
import type { ReadOptions } from '../source';
import { SourceError } from '../sourceError';
import { type Patience, transfer } from '../transfer';

export const DATASETS_SERVER = 'https://datasets-server.huggingface.co';
/** A count that is not there yet (500 ResponseNotReady) is asked for once more. */
const PATIENCE: Patience = { tries: 2, pause: 1000, silence: 8000 };
const LIMIT = 4 * 2 ** 20;

export interface CountedRows {
  /** By `configuration/split`. */
  rows: Map<string, number>;
  /** Only the first part was counted. */
  partial: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param id as the Hub calls it today: this server knows no old names
 * @returns undefined where it does not say
 */
export async function countedRows(server = DATASETS_SERVER, id: string, { signal, allowed, patience }: ReadOptions & { allowed?: (address: string) => void; patience?: Patience }): Promise<CountedRows | undefined> {
  const address = `${server}/size?dataset=${encodeURIComponent(id)}`;
  // No token goes there: it is for the Hub's own host.
  const endpoint = { address, file: id, allowed, refusal: (response: Response) => Promise.resolve(new SourceError('no_file', id, `has no count of rows (status ${response.status}, ${response.headers.get('x-error-code') ?? 'no code'})`)) };
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(await collected(id, transfer(endpoint, { signal, patience: { ...PATIENCE, ...patience, tries: PATIENCE.tries } }), LIMIT)));
    const size = isObject(answer) ? answer.size : undefined;
    const splits = isObject(size) && Array.isArray(size.splits) ? size.splits.filter(isObject) : [];
    const rows = splits.flatMap(({ config, split, num_rows: count }): [string, number][] => (Number.isSafeInteger(count) ? [[`${String(config)}/${String(split)}`, count as number]] : []));
    return { rows: new Map(rows), partial: isObject(answer) && answer.partial === true };
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
}
