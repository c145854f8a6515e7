/** Loss and metric of many rows with dropout off: submits them in chunks, reads what comes out once, and sums in float64. */
import type { Execution } from '../graph/execution';
import type { Gpu } from '../gpu/device';
import { readRanges } from '../gpu/readback';
import type { EncodedRows } from '../data/batches';
import { accuracy, crossEntropy, NOT_SCORED, pearson, perplexity, predictedClasses, squaredError } from '../data/metrics';
import type { ModelConfig } from '../model/architectures/architecture';
import type { Scores } from '../protocol/messages';
import { chunk, type Dataset } from './dataset';
import { type HostBatch, writeBatch } from './trainer';

/** Rows of one chunk. Larger chunks fill a GPU better; on a software adapter they only cost memory. */
export const EVALUATION_ROWS = { software: 64, gpu: 256 } as const;

/** Rows of one chunk of text to write: every token has a row of logits as wide as the vocabulary. */
export const WRITING_ROWS = { software: 32, gpu: 64 } as const;

export class Evaluator {
  /** Whether the plan keeps the losses of tokens; the logits of whole texts would be too many to read. */
  private readonly written: boolean;

  /**
   * @param rows rows of one chunk, as the execution's plan has them
   * @param virtualRows trained vectors in front of every row (prompt tuning)
   */
  constructor(private readonly gpu: Gpu, private readonly execution: Execution, private readonly config: ModelConfig, private readonly rows: number, private readonly virtualRows: number) {
    this.written = config.problem === 'language_model';
  }

  /**
   * Submits the evaluation of `sets` with the weights as they are at this point of the queue; training steps submitted afterwards do
   * not change the result. Resolves when the outputs are home.
   */
  async evaluate(dataset: Dataset, sets: EncodedRows[]): Promise<Scores[]> {
    const { device } = this.gpu;
    const { buffer, bytes } = this.execution.kept(this.written ? 'losses' : 'logits');
    const chunks = sets.map((set) => Array.from({ length: Math.ceil(set.ids.length / this.rows) }, (_, number) => chunk(dataset, set, number * this.rows, this.rows, this.virtualRows)));
    const total = chunks.reduce((sum, batches) => sum + batches.length, 0);
    // Each evaluation has its own buffer: the next may be submitted before this one is home.
    const results = device.createBuffer({ label: 'evaluation', size: total * bytes, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    let place = 0;
    for (const batch of chunks.flat()) {
      writeBatch(this.execution, batch, this.config);
      const at = bytes * place++;
      this.execution.submit('evaluate', (encoder) => encoder.copyBufferToBuffer(buffer, 0, results, at, bytes));
    }
    const [outputs] = await readRanges(device, [{ buffer: results, bytes: total * bytes }]);
    results.destroy();
    let from = 0;
    return sets.map((set, index) => {
      const own = outputs.subarray(from, from + (chunks[index].length * bytes) / 4);
      from += own.length;
      return this.written ? writtenScores(own, chunks[index], set.ids.length) : scoresOf(own.subarray(0, set.ids.length * this.config.labels), set.labels, this.config);
    });
  }

  destroy(): void {
    this.execution.destroy();
  }
}

function scoresOf(logits: Float32Array, labels: Float32Array, config: ModelConfig): Scores {
  if (config.problem === 'regression') return { loss: squaredError(logits, labels), metric: pearson(logits, labels) };
  return { loss: crossEntropy(logits, labels, config.labels), metric: accuracy(predictedClasses(logits, config.labels), labels) };
}

/** Mean over the scored tokens of the first `rows` rows, of `losses` as the chunks have them. */
function writtenScores(losses: Float32Array, chunks: HostBatch[], rows: number): Scores {
  let [sum, count, place] = [0, 0, 0];
  for (const { labels, lengths } of chunks) {
    const stride = labels.length / lengths.length;
    labels.forEach((label, index) => {
      // The last chunk repeats its last row to be full.
      const row = Math.floor((place + index) / stride);
      if (label === NOT_SCORED || row >= rows) return;
      sum += losses[place + index];
      count++;
    });
    place += labels.length;
  }
  const loss = sum / count;
  return { loss, metric: perplexity(loss) };
}
