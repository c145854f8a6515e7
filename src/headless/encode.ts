/** Texts into token ids without a page or a GPU, by the tokenizer of any folder. */
import { checkIds, readTokenizer } from '../data/tokenization/files';
import { createPipeline } from '../data/tokenization/pipeline';
import { diskSource } from '../sources/disk';

/** Text, its pair or null, greatest length. */
type Row = [string, string | null, number];

function rowOf(value: unknown, index: number): Row {
  const [text, pair, length] = Array.isArray(value) ? (value as unknown[]) : [];
  const right = Array.isArray(value) && value.length === 3 && typeof text === 'string' && (pair === null || typeof pair === 'string') && Number.isInteger(length) && (length as number) >= 1;
  if (!right) throw new Error(`row ${index + 1} is not [text, pair or null, greatest length] (${JSON.stringify(value)?.slice(0, 200)}); write a string, a string or null, and a whole number of 1 or more.`);
  return value as Row;
}

/**
 * @param folder with a tokenizer; config.json need not be there, but where it is, ids have to fit its vocab_size
 * @param rows as parsed
 * @returns for each row its ids
 * @throws with a sentence that names the file or the row
 */
export async function encodeRows(folder: string, rows: unknown): Promise<number[][]> {
  if (!Array.isArray(rows)) throw new Error('the rows are not a list; write [[text, pair or null, greatest length], …].');
  const checked = rows.map(rowOf);
  const { read } = diskSource(folder);
  const { tokenizerJson } = await readTokenizer(read);
  const pipeline = createPipeline(tokenizerJson);
  const config = await read('config.json').then((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as { vocab_size?: unknown }, () => undefined);
  if (typeof config?.vocab_size === 'number') checkIds(pipeline.idCount, config.vocab_size);
  return checked.map(([text, pair, length], index) => {
    try {
      return pipeline.row(text, pair ?? undefined, length).ids;
    } catch (error) {
      throw new Error(`row ${index + 1}: ${(error as Error).message}`);
    }
  });
}
