/**
 * What a model's outputs are worth, in float64 from the outputs as they come from the GPU. Every function wants at least one row and throws
 * RangeError otherwise; where a formula divides by zero the value is 0, so that a curve never breaks: each says when.
 */

/** Throws RangeError unless there is one label a row, and one row at least. */
function checkRows(rows: number, labels: ArrayLike<number>): void {
  if (rows === 0 || rows !== labels.length) throw new RangeError(`metric: ${rows} rows of outputs for ${labels.length} labels; give one label a row, and one row at least`);
}

/** Throws RangeError where the outputs do not come in rows of `classes`. */
function rowsOf(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const rows = logits.length / classes;
  if (!Number.isInteger(rows)) throw new RangeError(`metric: ${logits.length} outputs are not rows of ${classes}; give rows × classes`);
  checkRows(rows, labels);
  return rows;
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** The class with the largest logit of each row; the first of several. @param logits [rows, classes] */
export function predictedClasses(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[row * classes + c] > logits[row * classes + best]) best = c;
    return best;
  });
}

/** ln Σ exp of `count` numbers from `from` on, without overflow. */
function logSumExp(values: ArrayLike<number>, from: number, count: number): number {
  let largest = -Infinity;
  for (let i = from; i < from + count; i++) largest = Math.max(largest, values[i]);
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}

/** Mean −ln p_label in nats, without smoothing. @param logits [rows, classes]; @param labels class numbers */
export function crossEntropy(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const rows = rowsOf(logits, labels, classes);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    total += logSumExp(logits, row * classes, classes) - logits[row * classes + labels[row]];
  }
  return total / rows;
}

/** The label of a token that is not scored, as in PyTorch. */
export const NOT_SCORED = -100;

/**
 * −ln p of the scored tokens in nats, as a sum and a count, so that batches add up before the mean is taken.
 * @param logits [rows, vocabulary], each row shifted already: it guesses the token that its label names
 * @param labels token ids, or −100 where nothing is scored
 */
export function languageModelLoss(logits: Float32Array, labels: ArrayLike<number>, vocabulary: number): { sum: number; count: number } {
  const rows = rowsOf(logits, labels, vocabulary);
  let [sum, count] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const label = labels[row];
    if (label === NOT_SCORED) continue;
    if (!Number.isInteger(label) || label < 0 || label >= vocabulary)
      throw new RangeError(`metric: row ${row} has a label outside the vocabulary (${label} of ${vocabulary}); give a token id, or ${NOT_SCORED} where nothing is scored`);
    sum += logSumExp(logits, row * vocabulary, vocabulary) - logits[row * vocabulary + label];
    count++;
  }
  return { sum, count };
}

/** Among how many equally likely tokens a model seems to choose: e to the mean loss a token, 1 at best. */
export const perplexity = (meanNats: number): number => Math.exp(meanNats);

/** Mean (output − label)², without ½. */
export function squaredError(outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkRows(outputs.length, labels);
  return mean(Array.from(outputs, (output, row) => (output - labels[row]) ** 2));
}

/** Share of rows whose class is right. */
export function accuracy(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkRows(predicted.length, labels);
  return mean(Array.from(predicted, (one, row) => Number(one === labels[row])));
}

/** F1 of class `positive` against all others: 2TP / (2TP + FP + FN). 0 where that class occurs neither among predictions nor labels. */
export function f1(predicted: ArrayLike<number>, labels: ArrayLike<number>, positive = 1): number {
  checkRows(predicted.length, labels);
  let [hits, wrong] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const [guess, truth] = [predicted[row] === positive, labels[row] === positive];
    if (guess && truth) hits++;
    else if (guess !== truth) wrong++;
  }
  return hits + wrong === 0 ? 0 : (2 * hits) / (2 * hits + wrong);
}

/** Matthews correlation for any number of classes (Gorodkin's R_K), −1…1. 0 where all predictions, or all labels, are one class. */
export function matthews(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkRows(predicted.length, labels);
  const rows = labels.length;
  const guesses = new Map<number, number>();
  const truths = new Map<number, number>();
  let right = 0;
  for (let row = 0; row < rows; row++) {
    guesses.set(predicted[row], (guesses.get(predicted[row]) ?? 0) + 1);
    truths.set(labels[row], (truths.get(labels[row]) ?? 0) + 1);
    if (predicted[row] === labels[row]) right++;
  }
  const products = (a: Map<number, number>, b: Map<number, number>) => [...a].reduce((sum, [one, count]) => sum + count * (b.get(one) ?? 0), 0);
  const spread = Math.sqrt((rows * rows - products(guesses, guesses)) * (rows * rows - products(truths, truths)));
  return spread === 0 ? 0 : (right * rows - products(guesses, truths)) / spread;
}

/** Pearson correlation, −1…1. 0 where either side is constant, a single row included: such outputs explain nothing. */
export function pearson(outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkRows(outputs.length, labels);
  const [middleOut, middleLabel] = [mean(outputs), mean(labels)];
  let [both, out, label] = [0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const [a, b] = [outputs[row] - middleOut, labels[row] - middleLabel];
    both += a * b;
    out += a * a;
    label += b * b;
  }
  // The mean of equal numbers need not be that number, so constancy is looked for in the numbers themselves.
  if (isConstant(outputs) || isConstant(labels)) return 0;
  const correlation = both / Math.sqrt(out) / Math.sqrt(label);
  return Number.isFinite(correlation) ? Math.max(-1, Math.min(1, correlation)) : 0;
}

const isConstant = (values: ArrayLike<number>) => Array.from(values).every((value) => value === values[0]);

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    // Ranks from + 1 … to.
    for (let i = from; i < to; i++) result[order[i]] = (from + 1 + to) / 2;
    from = to;
  }
  return result;
}

/** Spearman correlation: Pearson's of the ranks. 0 where either side is constant. */
export function spearman(outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  checkRows(outputs.length, labels);
  return pearson(ranks(outputs), ranks(labels));
}
