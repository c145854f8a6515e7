/** Runs a case from its first step to its last in float64: what the engine is held against where no golden case exists. */
import type { HeldCheckpoint } from '../model/files/folder';
import type { TensorFile } from '../model/files/safetensors';
import { add, detach, differentiate, map, type Matrix, matrix, scale, sumOfAll } from './autograd';
import type { CaseBatch, CaseFile, CaseResult, ReferenceTensor } from './case';
import { forward } from './encoder';
import { consistencyTerm, crossEntropy, rowsAt, squaredError } from './losses';
import { AdamW, clipFactor, gradientNorm, scheduleFactor } from './optimizer';
import { makeParameters, type Parameters } from './parameters';

interface StepLoss {
  first: Matrix;
  second?: Matrix;
  task: Matrix;
  consistency: Matrix;
  loss: Matrix;
  /** Rows that these are means over. */
  counted: number;
}

/** L = CE + α·consistency of one batch. @param step masks differ from step to step */
export function lossOf(file: CaseFile, checkpoint: HeldCheckpoint, parameters: Parameters, batch: CaseBatch, step: number): StepLoss {
  const { method, hyper } = file;
  const pass = (branch: 0 | 1, dropped: boolean) =>
    forward({ config: checkpoint.config, method, parameters, batch, noise: hyper.neftune, moment: dropped ? { seed: file.mask_seed, step, branch } : undefined });
  // A class of −100 does not count, in neither term.
  const chosen = batch.labels.flatMap((label, row) => (file.task === 'classification' && label === -100 ? [] : [row]));
  const labels = chosen.map((row) => batch.labels[row]);
  const counted = chosen.length;
  const rowsOf = (outputs: Matrix) => (counted === outputs.rows ? outputs : rowsAt(outputs, chosen));
  const taskLoss = (outputs: Matrix) => (file.task === 'regression'
    ? squaredError(outputs, matrix(outputs.rows, 1, labels))
    : crossEntropy(rowsOf(outputs), labels, hyper.smoothing ?? 0));

  const first = pass(0, true);
  const { consistency } = method;
  if (!consistency) {
    const task = taskLoss(first);
    return { first, task, consistency: matrix(1, 1, [0]), loss: task, counted };
  }
  const kindOfSecond = consistency.kind === 'js_paper' ? 'clean_stopgrad' : consistency.second ?? 'dropped_stopgrad';
  const second = pass(1, kindOfSecond !== 'clean_stopgrad');
  const both = kindOfSecond === 'dropped_grad';
  const task = both ? scale(add(taskLoss(first), taskLoss(second)), 0.5) : taskLoss(first);
  const term = consistencyTerm(consistency.kind, rowsOf(first), rowsOf(both ? second : detach(second)));
  return { first, second, task, consistency: term, loss: add(task, scale(term, consistency.alpha)), counted };
}

/** λ·Σ|w| over A and B. */
function penaltyOf(trainable: Map<string, Matrix>, weight: number): Matrix {
  const sums = [...trainable].filter(([name]) => /\.lora_[AB]\./.test(name)).map(([, tensor]) => sumOfAll(map(tensor, Math.abs, Math.sign)));
  return scale(sums.reduce(add), weight);
}

/** The mean over the counted rows of several batches together, from the mean of each. A batch of which no row counts adds nothing. */
function meanOf(parts: StepLoss[], of: 'task' | 'consistency' | 'loss'): Matrix {
  const total = parts.reduce((sum, { counted }) => sum + counted, 0);
  return parts.filter(({ counted }) => counted > 0).map((part) => scale(part[of], part.counted / total)).reduce(add);
}

const tensorOf = (x: Matrix): ReferenceTensor => ({ shape: [x.rows, x.columns], values: x.values.slice() });

/**
 * Trains for as many steps as the case has batches for and evaluates the first batch at the end.
 * @param init every trainable tensor before the first step, under peft's names (as `init.safetensors`)
 * @throws Error where a tensor is missing
 */
export function referenceTrain(file: CaseFile, checkpoint: HeldCheckpoint, init: Map<string, TensorFile>): CaseResult {
  const parameters = makeParameters(checkpoint, init);
  const trainable = new Map([...parameters.trainable].map(([name, entry]) => [name, entry.matrix]));
  const optimizer = new AdamW();
  const result: CaseResult = { perStep: [], tensors: new Map() };
  const { lr, warmup, total, clip, weight_decay: decay, accumulation = 1, l1 = 0 } = file.hyper;

  for (let step = 0; step * accumulation < file.batches.length; step++) {
    const parts = file.batches.slice(step * accumulation, (step + 1) * accumulation).map((batch, part) => lossOf(file, checkpoint, parameters, batch, step * accumulation + part));
    const [task, consistency, loss] = [meanOf(parts, 'task'), meanOf(parts, 'consistency'), meanOf(parts, 'loss')];
    // The penalty is no part of the loss that is reported.
    differentiate(l1 > 0 ? add(loss, penaltyOf(trainable, l1)) : loss);
    const norm = gradientNorm(trainable.values());
    if (step === 0) {
      // Those of the last batch: the engine keeps no others.
      const { first, second } = parts[parts.length - 1];
      result.tensors.set('step0.logits', tensorOf(first));
      if (second) result.tensors.set('step0.logits.branch1', tensorOf(second));
      for (const [name, { shape, matrix: { gradient, values } }] of parameters.trainable) {
        result.tensors.set(`step0.grad.${name}`, { shape, values: gradient?.slice() ?? new Float64Array(values.length) });
      }
    }
    const rate = lr * scheduleFactor(step, warmup, total);
    result.perStep.push({ ce: task.values[0], consistency: consistency.values[0], loss: loss.values[0], lr: rate, grad_norm: norm });
    optimizer.update(trainable, rate, decay, clipFactor(norm, clip));
  }

  const outputs = forward({ config: checkpoint.config, method: file.method, parameters, batch: file.batches[0] });
  result.tensors.set('eval.logits', tensorOf(outputs));
  for (const [name, { shape, matrix: { values } }] of parameters.trainable) result.tensors.set(`final.${name}`, { shape, values: values.slice() });
  return result;
}
