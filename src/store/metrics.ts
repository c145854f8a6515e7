/** How loss and metric of each kind of task are called, read and written. */
import { kindOf, type RunConfig } from '../config/config';
import type { DataKind } from '../config/tables';
import { digits } from '../protocol/format';

export type Problem = DataKind;

export interface MetricWords {
  /** Title of the loss chart, and what the loss is called in a sentence. */
  lossTitle: string;
  loss: string;
  lossCaption: string;
  /** What the metric is called, alone. */
  metric: string;
  metricCaption: string;
  /** A value as it is shown, and as it is read out. */
  show(value: number): string;
  speak(value: number): string;
}

const TURNS_UP = 'Where the thick line turns up, the model has begun to learn its training rows by heart.';

/** What is not a number is said to be none, in whatever way numbers are written. */
const orNone = (write: (value: number) => string) => (value: number) => (Number.isFinite(value) ? write(value) : digits(value));

export const METRICS: Record<Problem, MetricWords> = {
  classification: {
    lossTitle: 'Loss', loss: 'loss',
    lossCaption: `Cross-entropy in nats, lower is better; the dashed line is guessing. ${TURNS_UP}`,
    metric: 'accuracy', metricCaption: 'Share of held-out rows that are right, with dropout off; guessing gets half of them.',
    show: orNone((value) => `${(value * 100).toFixed(1)} %`), speak: orNone((value) => `${Math.round(value * 100)} percent`),
  },
  regression: {
    lossTitle: 'Squared error', loss: 'squared error',
    lossCaption: `Lower is better. ${TURNS_UP}`,
    metric: 'correlation', metricCaption: 'Pearson correlation with the true scores; 0 is guessing.',
    show: orNone((value) => value.toFixed(3)), speak: (value) => digits(value, 2),
  },
  language_model: {
    lossTitle: 'Loss, nats per token', loss: 'loss',
    lossCaption: `Cross-entropy of the tokens after the arrow, lower is better. ${TURNS_UP}`,
    metric: 'perplexity', metricCaption: 'Among how many equally likely tokens the model seems to choose: e to the held-out loss. Lower is better, 1 is certainty.',
    show: (value) => digits(value), speak: (value) => digits(value, 2),
  },
};

export const problemOf = (config: RunConfig): Problem => kindOf(config.data);
