/** What can be said about the predicted rows of two evaluations: which class, what flipped, who is taken for whom. */
import type { PredictedRow } from '../protocol/predictionMessages';
import type { Predicted } from './state';

/** One held-out row, as the page lists it. */
export interface ComparedRow extends PredictedRow {
  /** Its number among the held-out rows, from 1. */
  number: number;
  before: number;
  now: number;
  /** Of classes: whether it is another one than before. */
  flipped: boolean;
  /** Of classes: whether it is the true one now; undefined without a truth that counts. */
  right?: boolean;
}

/** The predicted class, the first of several that are alike, −1 where the outputs are no numbers; of a regression the score itself. */
export function answerOf({ outputs }: PredictedRow, labels: readonly string[]): number {
  return labels.length === 0 ? outputs[0] : outputs.indexOf(Math.max(...outputs));
}

/** Rows of the last evaluation beside the same rows of the first one. */
export function comparedRows(first: Predicted, latest: Predicted): ComparedRow[] {
  const { labels } = latest;
  return latest.rows.map((row, index) => {
    const [before, now] = [answerOf(first.rows[index] ?? row, labels), answerOf(row, labels)];
    const known = row.truth !== undefined && row.truth >= 0;
    return { ...row, number: index + 1, before, now, flipped: labels.length > 0 && before !== now, ...(labels.length > 0 && known && { right: now === row.truth }) };
  });
}

/** Rows are the truth, columns what the model says; rows whose truth does not count, or that got no answer, are left out. */
export function confusionOf(rows: readonly ComparedRow[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { truth, now, right } of rows) if (right !== undefined && now >= 0) counts[truth!][now] += 1;
  return counts;
}

/** A cell of a table between tabs: a text keeps no tab and no break. */
const cell = (text: string) => text.replace(/[\t\r\n]+/g, ' ');

/** All rows, a line each, for a spreadsheet or a script: number, texts, truth, the first and the last evaluation's answer, and each output. */
export function tsvOf(first: Predicted, latest: Predicted): string {
  const { labels } = latest;
  const named = (value: number | undefined) => (value === undefined || (labels.length > 0 && value < 0) ? '' : cell(labels[value] ?? String(value)));
  const outputs = labels.length === 0 ? [] : labels.map((label) => `probability of ${cell(label)}`);
  const header = ['row', 'text', 'pair', 'truth', `step ${first.step}`, `step ${latest.step}`, ...outputs];
  const lines = comparedRows(first, latest).map(({ number, text, pair, truth, before, now, outputs: values }) => [
    String(number), cell(text), cell(pair ?? ''), named(truth), named(before), named(now), ...(labels.length === 0 ? [] : values.map(String)),
  ]);
  return [header, ...lines].map((line) => `${line.join('\t')}\n`).join('');
}
