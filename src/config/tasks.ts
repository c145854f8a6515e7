/** The tasks that come with the page, as far as a configuration has to know them. What they measure, with examples, is in each one's folder (data/tasks). */
import { dataPreset } from './dataPresets';
import type { DataKind, TableMapping } from './tables';

/** How good a model's outputs are. Of several, the first is the one that chooses the best step and that studies compare. */
export const METRIC_NAMES = ['accuracy', 'f1', 'matthews', 'pearson', 'spearman', 'perplexity'] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

export const TASK_NAMES = ['sentiment', 'entailment', 'paraphrase', 'acceptability', 'answering', 'similarity', 'description', 'triples'] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/** What each task asks of a model, and by what it is measured; each task's folder says the same (`data/tasks/tasks.test.ts`). */
export const TASK_FACTS: Record<TaskName, { title: string; kind: DataKind; metrics: readonly MetricName[] }> = {
  sentiment: { title: 'Sentiment', kind: 'classification', metrics: ['accuracy'] },
  entailment: { title: 'Entailment', kind: 'classification', metrics: ['accuracy'] },
  paraphrase: { title: 'Paraphrase', kind: 'classification', metrics: ['accuracy', 'f1'] },
  acceptability: { title: 'Acceptability', kind: 'classification', metrics: ['matthews'] },
  answering: { title: 'Question and answer', kind: 'classification', metrics: ['accuracy'] },
  similarity: { title: 'Similarity', kind: 'regression', metrics: ['pearson', 'spearman'] },
  description: { title: 'Restaurant descriptions', kind: 'language_model', metrics: ['perplexity'] },
  triples: { title: 'Triples to a text', kind: 'language_model', metrics: ['perplexity'] },
};

/** Whether rows come with the page. */
export const isTask = (source: string): source is TaskName => (TASK_NAMES as readonly string[]).includes(source);

const isMetric = (name: string): name is MetricName => (METRIC_NAMES as readonly string[]).includes(name);

/** What a table is measured by: one of the paper's sets as the literature reports it, others of two classes as each of GLUE's is. F1 is that of the second class. */
function tableMetrics({ kind, labels, mirrors }: Pick<TableMapping, 'kind' | 'labels' | 'mirrors'>): readonly MetricName[] {
  if (kind === 'regression') return ['pearson', 'spearman'];
  if (kind === 'language_model') return ['perplexity'];
  const reported = mirrors === undefined ? [] : dataPreset(mirrors).metrics.map((name) => name.toLowerCase()).filter(isMetric);
  if (labels.length === 2 && reported.some((name) => name === 'accuracy' || name === 'matthews')) return reported;
  return labels.length === 2 ? ['accuracy', 'f1', 'matthews'] : ['accuracy'];
}

/** What the outputs for these rows are measured by; the first chooses the best step. */
export const metricsOf = ({ source, table }: { source: string; table?: TableMapping }): readonly MetricName[] =>
  (isTask(source) ? TASK_FACTS[source].metrics : tableMetrics(table ?? { kind: 'classification', labels: [] }));
