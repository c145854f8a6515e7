/**
 * Which evaluation of a run is its best one, and when a run has gone too long without a better one. One rule for the engine, which keeps
 * the weights of that step, for the page, which marks it, and for studies, which choose by it.
 */
import type { Scores } from '../protocol/runMessages';
import { kindOf, type RunConfig } from './config';

/** A number of which more is better, NaN where the scores are none. */
export function merit({ loss, metric }: Scores, { data, evaluation }: Pick<RunConfig, 'data' | 'evaluation'>): number {
  if (evaluation.chooses === 'loss') return -loss;
  // A perplexity falls where a model learns; accuracy and correlation rise.
  return kindOf(data) === 'language_model' ? -metric : metric;
}

export interface Best {
  /** Optimizer steps after which it was measured. */
  step: number;
  merit: number;
  /** Evaluations since, none of which was better. */
  since: number;
}

/** The best so far with one more evaluation; among equal ones the first stays. What is not a number is never best. */
export function withEvaluation(best: Best | undefined, step: number, value: number): Best | undefined {
  if (Number.isFinite(value) && (!best || value > best.merit)) return { step, merit: value, since: 0 };
  return best && { ...best, since: best.since + 1 };
}

/** The best of all evaluations of a run; undefined before the first, and where none gave a number. */
export function bestOf(evaluations: readonly { step: number; heldOut: Scores }[], config: Pick<RunConfig, 'data' | 'evaluation'>): Best | undefined {
  return evaluations.reduce<Best | undefined>((best, { step, heldOut }) => withEvaluation(best, step, merit(heldOut, config)), undefined);
}

/** Whether `patience` evaluations in a row were no better (transformers' `early_stopping_patience`); 0 never is. */
export const isSpent = (best: Best | undefined, patience: number): boolean => patience > 0 && best !== undefined && best.since >= patience;
