/** How the loss of each kind of task and each metric are called, read and written. */
import { kindOf, type RunConfig } from '../config/config';
import type { DataKind } from '../config/tables';
import { type MetricName, metricsOf } from '../config/tasks';
import { digits } from '../protocol/format';
import type { Scores } from '../protocol/runMessages';

export type Problem = DataKind;

/** How a metric is called, alone, and how it is read. */
export interface MetricLook {
  metric: string;
  metricCaption: string;
  /** Whether it is a share, which is read in percent. */
  share: boolean;
  /** A value as it is shown, and as it is read out. */
  show(value: number): string;
  speak(value: number): string;
}

interface LossWords {
  /** Title of the loss chart, and what the loss is called in a sentence. */
  lossTitle: string;
  loss: string;
  lossCaption: string;
}

/** The words of a run: its loss, its metric, and what else it is measured by. */
export interface MetricWords extends LossWords, MetricLook {
  others: readonly (MetricLook & { name: MetricName })[];
}

const TURNS_UP = 'Where the thick line turns up, the model has begun to learn its training rows by heart.';

const LOSSES: Record<Problem, LossWords> = {
  classification: { lossTitle: 'Loss', loss: 'loss', lossCaption: `Cross-entropy in nats, lower is better; the dashed line is guessing. ${TURNS_UP}` },
  regression: { lossTitle: 'Squared error', loss: 'squared error', lossCaption: `Lower is better. ${TURNS_UP}` },
  language_model: { lossTitle: 'Loss, nats per token', loss: 'loss', lossCaption: `Cross-entropy of the tokens after the arrow, lower is better. ${TURNS_UP}` },
};

/** What is not a number is said to be none, in whatever way numbers are written. */
const orNone = (write: (value: number) => string) => (value: number) => (Number.isFinite(value) ? write(value) : digits(value));

const correlation = { share: false, show: orNone((value) => value.toFixed(3)), speak: (value: number) => digits(value, 2) };

export const LOOKS: Record<MetricName, MetricLook> = {
  accuracy: {
    metric: 'accuracy', metricCaption: 'Share of held-out rows that are right, with dropout off; guessing gets half of them.', share: true,
    show: orNone((value) => `${(value * 100).toFixed(1)} %`), speak: orNone((value) => `${Math.round(value * 100)} percent`),
  },
  f1: { metric: 'F1', metricCaption: 'F1 weighs what is missed against what is found wrongly, of the second class.', ...correlation },
  matthews: { metric: 'Matthews', metricCaption: 'Matthews correlation of predicted and true classes; 0 is guessing, however unequal the classes are.', ...correlation },
  pearson: { metric: 'correlation', metricCaption: 'Pearson correlation with the true scores; 0 is guessing.', ...correlation },
  spearman: { metric: 'Spearman', metricCaption: 'Spearman is the correlation of the ranks.', ...correlation },
  perplexity: {
    metric: 'perplexity', metricCaption: 'Among how many equally likely tokens the model seems to choose: e to the held-out loss. Lower is better, 1 is certainty.', share: false,
    show: (value) => digits(value), speak: (value) => digits(value, 2),
  },
};

export const problemOf = (config: RunConfig): Problem => kindOf(config.data);

export function wordsOf({ data }: Pick<RunConfig, 'data'>): MetricWords {
  const [first, ...others] = metricsOf(data);
  return { ...LOSSES[kindOf(data)], ...LOOKS[first], others: others.map((name) => ({ name, ...LOOKS[name] })) };
}

/** All that rows were measured by, in a few words: "accuracy 91.0 %, F1 0.934". */
export const scoresInWords = ({ metric, show, others }: MetricWords, scores: Scores): string =>
  [`${metric} ${show(scores.metric)}`, ...others.flatMap((other) => (scores.others?.[other.name] === undefined ? [] : [`${other.metric} ${other.show(scores.others[other.name]!)}`]))].join(', ');
