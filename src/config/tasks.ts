/** The tasks that come with the page, as far as a configuration has to know them. What they measure, with examples, is in each one's folder (data/tasks). */
import type { DataKind } from './tables';

/** How good a model's outputs are. Of several, the first is the one that chooses the best step and that studies compare. */
export const METRIC_NAMES = ['accuracy', 'f1', 'matthews', 'pearson', 'spearman', 'perplexity'] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export const TASK_NAMES = ['sentiment', 'similarity', 'description', 'triples'] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/** What each task asks of a model, and by what it is measured; each task's folder says the same (`data/tasks/tasks.test.ts`). */
export const TASK_FACTS: Record<TaskName, { kind: DataKind; metrics: readonly MetricName[] }> = {
  sentiment: { kind: 'classification', metrics: ['accuracy'] },
  similarity: { kind: 'regression', metrics: ['pearson', 'spearman'] },
  description: { kind: 'language_model', metrics: ['perplexity'] },
  triples: { kind: 'language_model', metrics: ['perplexity'] },
};

/** Whether rows come with the page. */
export const isTask = (source: string): source is TaskName => (TASK_NAMES as readonly string[]).includes(source);
