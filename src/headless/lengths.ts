/** What the rows of a table cost in tokens: as long as they are, all as wide as the longest, and in the widths of a run's batches. */
import { bucketsOf, type Buckets, MOST_WIDTHS, paddingOf } from '../data/buckets';
import { readTokenizer } from '../data/tokenization/files';
import { createPipeline, type Pipeline } from '../data/tokenization/pipeline';
import type { Example } from '../protocol/tableMessages';
import { diskSource } from '../sources/disk';
import { importTable } from '../tables/importTable';
import { WIDTH_STEP } from '../train/dataset';

export interface LengthReport {
  file: string;
  rows: number;
  /** Tokens of all rows together, after cutting. */
  tokens: number;
  longest: number;
  /** Rows that lost their end. */
  cut: number;
  widths: number[];
  rowsOfWidth: number[];
  /** Times the real tokens: every row as wide as the longest, and each as wide as its batch. */
  oneWidth: number;
  padding: number;
}

interface Options {
  /** Greatest length in tokens; Infinity cuts nothing. */
  maxLength: number;
  batchSize: number;
}

/** Tokens of a row as training reads it, before cutting. */
function lengthOf(pipeline: Pipeline, { text = '', text2, prompt_parts: parts, target_text: target }: Example): number {
  if (target === undefined) return pipeline.row(text, text2, Infinity).ids.length;
  const prompt = (parts ?? [text]).filter((part) => part !== null).join('\n');
  // And the end token.
  return pipeline.promptIds(`${prompt}\n`).length + pipeline.textIds(target).length + 1;
}

/**
 * @param folder with a tokenizer
 * @throws with a sentence where the file is no table, or its rows are no texts
 */
export async function measureLengths(file: string, bytes: Uint8Array, folder: string, { maxLength, batchSize }: Options): Promise<LengthReport> {
  const { report, examples } = await importTable(file, bytes);
  if (report.problem === 'refused') throw new Error(report.notes.at(-1));
  const pipeline = createPipeline((await readTokenizer(diskSource(folder).read)).tokenizerJson);
  const whole = examples.map((example) => lengthOf(pipeline, example));
  const lengths = Uint32Array.from(whole, (length) => Math.min(length, maxLength));
  const buckets: Buckets = bucketsOf(lengths, { most: MOST_WIDTHS, batchSize, multiple: WIDTH_STEP, longest: maxLength });
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  return {
    file, rows: lengths.length, tokens, longest, cut: whole.filter((length) => length > maxLength).length, widths: buckets.widths,
    rowsOfWidth: buckets.widths.map((_, bucket) => buckets.bucketOf.filter((one) => one === bucket).length),
    oneWidth: (lengths.length * longest) / tokens, padding: paddingOf(buckets, lengths),
  };
}
