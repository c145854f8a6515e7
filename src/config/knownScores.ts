/** What base models of the page are worth on its tasks, as measured (docs/tasks.md): the page says where one is at chance before somebody waits for a run. */
import known from './knownScores.json';
import type { MetricName, TaskName } from './tasks';

export interface KnownScore {
  metric: MetricName;
  /** Fine-tuned by LoRA. */
  lora: number;
  /** The best of what needs no base model: the most frequent class, and counted words. */
  without: number;
}

interface Known {
  date: string;
  rows: number;
  seeds: number;
  source: string;
  models: Readonly<Record<string, Partial<Record<TaskName, KnownScore>>>>;
}

/** Taken out of tools/baselines (`knownScores.test.ts` holds them against those files): medians over the seeds on the test rows. */
export const KNOWN_SCORES = known as Known;

/** By how much a base has to be better than counted words to be called better. */
const MARGIN = 0.1;

/** A model's score on a task where it is no better than guessing; undefined where it is, or where nobody has measured it. */
export function chanceScore(model: string, task: string): KnownScore | undefined {
  if (!Object.hasOwn(KNOWN_SCORES.models, model)) return undefined;
  const score = KNOWN_SCORES.models[model][task as TaskName];
  return score && score.lora < score.without + MARGIN ? score : undefined;
}
