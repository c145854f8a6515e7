/** Loss and metrics of rows from what the model gave for each, in float64. */
import type { MetricName } from '../config/tasks';
import { accuracy, crossEntropy, f1, matthews, NOT_SCORED, pearson, perplexity, predictedClasses, spearman, squaredError } from '../metrics/outputs';
import type { ModelConfig } from '../model/modelConfig';
import type { Scores } from '../protocol/runMessages';

/** What one row gave: its logits, or of a text the losses of its tokens; beside it, what it should give. */
export interface RowResult { outputs: Float32Array; labels: Float32Array }

type Measure = (given: ArrayLike<number>, labels: ArrayLike<number>) => number;
/** Of classes: those predicted; of scores: the outputs. */
const MEASURES: Record<Exclude<MetricName, 'perplexity'>, Measure> = { accuracy, f1, matthews, pearson, spearman };

/** @param metrics the first is the metric, the rest are the others @throws RangeError where no row counts */
export function scoresOf(found: readonly RowResult[], { problem, labels: classes }: Pick<ModelConfig, 'problem' | 'labels'>, metrics: readonly MetricName[]): Scores {
  if (problem === 'language_model') return writtenScores(found);
  const counted = problem === 'regression' ? found : found.filter(({ labels: [label] }) => label !== NOT_SCORED);
  const [outputs, labels] = [joined(counted.map((row) => row.outputs)), joined(counted.map((row) => row.labels))];
  const loss = problem === 'regression' ? squaredError(outputs, labels) : crossEntropy(outputs, labels, classes);
  const given = problem === 'regression' ? outputs : predictedClasses(outputs, classes);
  const [first, ...others] = metrics.flatMap((name) => (name === 'perplexity' ? [] : [[name, MEASURES[name](given, labels)] as const]));
  return { loss, metric: first[1], ...(others.length > 0 ? { others: Object.fromEntries(others) } : {}) };
}

/** Mean over the scored tokens of all rows. */
function writtenScores(found: readonly RowResult[]): Scores {
  let [sum, count] = [0, 0];
  for (const { outputs, labels } of found) {
    labels.forEach((label, token) => {
      if (label === NOT_SCORED) return;
      sum += outputs[token];
      count++;
    });
  }
  const loss = sum / count;
  return { loss, metric: perplexity(loss) };
}

/** Parts of one length, one behind the other. */
function joined(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.length * (parts[0]?.length ?? 0));
  parts.forEach((part, index) => whole.set(part, index * part.length));
  return whole;
}
