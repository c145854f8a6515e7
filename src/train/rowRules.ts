/** What a row may hold. Asked before the first step of whatever comes in: beyond a table or a row of logits a kernel would read its neighbours. */
import { NOT_SCORED } from '../metrics/outputs';
import type { ModelConfig, Problem } from '../model/modelConfig';

export type Limits = Pick<ModelConfig, 'problem' | 'labels' | 'vocabulary'>;

/** As people write it: a value that is not there, or is no number, by its name. */
const shown = (value: unknown): string => (value === undefined || value === null ? 'missing' : typeof value === 'number' ? String(value) : JSON.stringify(value));

const isBelow = (value: unknown, count: number) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;

/** What is wrong with the token ids of a row, undefined where nothing is. */
export function idProblem(ids: ArrayLike<unknown>, vocabulary: number): string | undefined {
  for (let token = 0; token < ids.length; token++) {
    if (!isBelow(ids[token], vocabulary)) return `the id of token ${token} is not in the model's table (${shown(ids[token])}); give a whole number from 0 to ${vocabulary - 1}`;
  }
  return undefined;
}

/** What is wrong with a label, of a row or of a token of a language model; undefined where nothing is. */
export function labelProblem(label: unknown, { problem, labels, vocabulary }: Limits): string | undefined {
  if (problem === 'regression') return typeof label === 'number' && Number.isFinite(Math.fround(label)) ? undefined : `the label is not a finite number (${shown(label)}); give a score`;
  const [what, count] = problem === 'language_model' ? ['a token of the model', vocabulary] : ['a class', labels];
  return label === NOT_SCORED || isBelow(label, count) ? undefined : `the label is not ${what} (${shown(label)}); give a whole number from 0 to ${count - 1}, or ${NOT_SCORED} where nothing is scored`;
}

/** How many labels of a batch count in the mean: for a regression, where −100 is a score like any other, all of them. */
export function countedLabels(labels: Float32Array, problem: Problem): number {
  if (problem === 'regression') return labels.length;
  let count = 0;
  for (const label of labels) if (label !== NOT_SCORED) count++;
  return count;
}
