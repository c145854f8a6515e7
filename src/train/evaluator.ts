/** Loss and metric of many rows with dropout off: submits them in chunks, reads their logits once, and sums in float64. */
import type { Execution } from '../graph/execution';
import type { Gpu } from '../gpu/device';
import { readRanges } from '../gpu/readback';
import type { EncodedRows } from '../data/batches';
import { accuracy, crossEntropy, pearson, predictedClasses, squaredError } from '../data/metrics';
import type { ModelConfig } from '../model/architectures/architecture';
import type { Scores } from '../protocol/messages';
import { chunk, type Dataset } from './dataset';
import { writeBatch } from './trainer';

/** Rows of one chunk. Larger chunks fill a GPU better; on a software adapter they only cost memory. */
export const EVALUATION_ROWS = { software: 64, gpu: 256 } as const;

export class Evaluator {
  /** @param rows rows of one chunk, as the execution's plan has them */
  constructor(private readonly gpu: Gpu, private readonly execution: Execution, private readonly config: ModelConfig, private readonly rows: number) {}

  /**
   * Submits the evaluation of `sets` with the weights as they are at this point of the queue; training steps submitted afterwards do
   * not change the result. Resolves when the logits are home.
   */
  async evaluate(dataset: Dataset, sets: EncodedRows[]): Promise<Scores[]> {
    const { device } = this.gpu;
    const chunkBytes = this.rows * this.config.labels * 4;
    const chunks = sets.map((set) => Math.ceil(set.ids.length / this.rows));
    const total = chunks.reduce((sum, count) => sum + count, 0);
    // Each evaluation has its own buffer: the next may be submitted before this one is home.
    const results = device.createBuffer({ label: 'evaluation logits', size: total * chunkBytes, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    const { buffer } = this.execution.kept('logits');
    let place = 0;
    sets.forEach((set, index) => {
      for (let number = 0; number < chunks[index]; number++) {
        writeBatch(this.execution, chunk(dataset, set, number * this.rows, this.rows), this.config);
        const encoder = device.createCommandEncoder({ label: 'evaluate' });
        const pass = encoder.beginComputePass({ label: 'evaluate' });
        this.execution.encode(pass);
        pass.end();
        encoder.copyBufferToBuffer(buffer, 0, results, place * chunkBytes, chunkBytes);
        device.queue.submit([encoder.finish()]);
        place++;
      }
    });
    const [logits] = await readRanges(device, [{ buffer: results, bytes: total * chunkBytes }]);
    results.destroy();
    let from = 0;
    return sets.map((set, index) => {
      const scores = scoresOf(logits.subarray(from, from + set.ids.length * this.config.labels), set.labels, this.config);
      from += chunks[index] * this.rows * this.config.labels;
      return scores;
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
