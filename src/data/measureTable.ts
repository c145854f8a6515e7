/** What the rows of a table are to a model's tokenizer: lengths, what the greatest length cuts, and which tokens are scored. */
import type { TableMapping } from '../config/tables';
import type { Example as TableExample } from '../protocol/tableMessages';
import type { LentTokenizer, MeasuredRow, MeasuredTable } from '../protocol/tableReading';
import { lengthsOf } from '../tables/shape';
import { shuffled } from '../tables/split';
import { type ChatTemplate, chatTemplateOf } from './chatTemplate';
import { exampleOf, inText } from './tableExample';
import type { Example } from './tasks/task';
import { createTokenizer, type TextTokenizer } from './tokenizer';

/** Of larger tables so many rows are measured, drawn once for all: their lengths are those of the whole to a percent. */
const MOST_ROWS = 20_000;
const DRAW_SITE = 0xfc << 24;
/** A worker answers other questions in between. */
const AT_ONCE = 500;

export interface Measurable {
  table: TableMapping;
  training: readonly TableExample[];
  preview: readonly TableExample[];
}

/** @param pause between two parts of the work; answers false where the work is no longer wanted */
export async function measureTable({ table, training, preview }: Measurable, model: string, lent: LentTokenizer, longest: number, pause: () => Promise<boolean>): Promise<MeasuredTable | undefined> {
  const isDrawn = training.length > MOST_ROWS;
  const rows = isDrawn ? shuffled(Array.from(training.keys()), 0, DRAW_SITE).slice(0, MOST_ROWS).map((at) => training[at]) : training;
  const measured: MeasuredTable = { model, longest, rows: rows.length, of: training.length, noRoom: 0, preview: [] };
  let tokenizer: TextTokenizer;
  let template: ChatTemplate | undefined;
  try {
    tokenizer = createTokenizer(lent.tokenizerJson, lent.tokenizerConfig);
    template = training[0]?.messages ? chatTemplateOf(lent.chat.config, lent.chat.jinja) : undefined;
  } catch (error) {
    return { ...measured, obstacle: (error as Error).message };
  }
  const isChat = training[0]?.messages !== undefined;
  if (isChat) measured.conversations = { template: template !== undefined, refused: 0 };
  const lengths: number[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % AT_ONCE === 0 && !(await pause())) return undefined;
    const read = readRow(row, table, tokenizer, template);
    if ('refused' in read) {
      measured.conversations!.refused++;
      measured.conversations!.said ??= read.refused;
    } else {
      lengths.push(read.tokens);
      if (read.before >= longest) measured.noRoom++;
    }
  }
  if (lengths.length > 0) measured.lengths = lengthsOf(lengths, longest);
  measured.preview = preview.map((row) => shownRow(row, table, tokenizer, template, longest));
  return measured;
}

type Read = { refused: string } | { example: Example; tokens: number; before: number };

function readRow(row: TableExample, table: TableMapping, tokenizer: TextTokenizer, template: ChatTemplate | undefined): Read {
  let example = exampleOf(row, table);
  if (template) {
    try {
      example = inText(example, template);
    } catch (error) {
      return { refused: (error as Error).message };
    }
  }
  const before = example.completion === undefined ? 0 : tokenizer.promptLength(example);
  const { ids } = tokenizer.encode(example, Number.MAX_SAFE_INTEGER);
  return { example, tokens: ids.length, before };
}

function shownRow(row: TableExample, table: TableMapping, tokenizer: TextTokenizer, template: ChatTemplate | undefined, longest: number): MeasuredRow {
  const read = readRow(row, table, tokenizer, template);
  if ('refused' in read) return { tokens: 0, refused: read.refused };
  const { example, tokens, before } = read;
  if (example.completion === undefined) return { tokens };
  if (before >= longest) return { tokens, refused: `the prompt has ${before} tokens, and ${longest} is the greatest length` };
  const { ids, scoredFrom = 0, unscored = [] } = tokenizer.encode(example, longest);
  const scored = ids.length - scoredFrom - unscored.reduce((sum, [from, to]) => sum + to - from, 0);
  const whole = example.text + example.completion;
  const ranges = example.scored ?? [[example.text.length, whole.length] as const];
  const end = example.scored || tokenizer.endId === undefined ? '' : tokenizer.tokenStrings([tokenizer.endId])[0];
  const pieces: NonNullable<MeasuredRow['pieces']> = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from > at) pieces.push({ text: whole.slice(at, from), scored: false });
    pieces.push({ text: whole.slice(from, to), scored: true });
    at = to;
  }
  if (at < whole.length) pieces.push({ text: whole.slice(at), scored: false });
  if (end !== '') pieces.push({ text: end, scored: true });
  return { tokens, scored, pieces };
}
