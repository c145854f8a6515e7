/** Loss and metric of many rows with dropout off: submits them in chunks, reads what comes out once, and sums in float64. */
import type { Execution } from '../graph/execution';
import type { Pool } from '../graph/pool';
import type { Gpu } from '../gpu/device';
import { readRanges } from '../gpu/readback';
import type { EncodedRows } from '../data/batches';
import type { MetricName } from '../config/tasks';
import type { ModelConfig } from '../model/modelConfig';
import type { Scores } from '../protocol/runMessages';
import { batchOf, type Dataset, filled } from './dataset';
import { chunksOf, pool } from './evaluationChunks';
import { type RowResult, scoresOf } from './scores';
import { writeBatch } from './trainer';

/** Rows of one chunk. Larger chunks fill a GPU better; on a software adapter they only cost memory. */
export const EVALUATION_ROWS = { software: 64, gpu: 256 } as const;

/** Rows of one chunk of text to write: every token has a row of logits as wide as the vocabulary. */
export const WRITING_ROWS = { software: 32, gpu: 64 } as const;

/** An evaluate plan for rows of up to `width` tokens. */
export interface EvaluationWidth { width: number; execution: Execution }

export class Evaluator {
  /** Whether the plans keep the losses of tokens; the logits of whole texts would be too many to read. */
  private readonly written: boolean;

  /**
   * @param widths ascending
   * @param rows rows of one chunk, as the executions' plans have them
   * @param virtualRows trained vectors in front of every row (prompt tuning)
   * @param metrics what the scores are, the first as their metric
   * @param pool what the executions share, where they share buffers
   */
  constructor(private readonly gpu: Gpu, private readonly widths: EvaluationWidth[], private readonly config: ModelConfig, private readonly rows: number, private readonly virtualRows: number, private readonly metrics: readonly MetricName[], private readonly pool?: Pool) {
    this.written = config.problem === 'language_model';
  }

  /**
   * Submits the evaluation of `sets` with the weights as they are at this point of the queue; training steps submitted afterwards do
   * not change the result. Resolves when the outputs are home.
   * @param seen is shown the outputs of every row of every set: its logits, or of a text the losses of its tokens
   */
  async evaluate(dataset: Dataset, sets: EncodedRows[], seen?: (outputs: Float32Array[][]) => void): Promise<Scores[]> {
    const pooled = pool(sets);
    const chunks = chunksOf(pooled, this.rows).map((chosen) => {
      const { width, execution } = this.widths.find((one) => one.width >= pooled.ids[chosen[0]].length)!;
      const { buffer, bytes } = execution.kept(this.written ? 'losses' : 'logits');
      return { chosen, execution, buffer, bytes, batch: batchOf(dataset, pooled, filled(chosen, this.rows), this.virtualRows, width) };
    });
    // Each evaluation has its own buffer: the next may be submitted before this one is home.
    const results = this.gpu.device.createBuffer({ label: 'evaluation', size: chunks.reduce((sum, { bytes }) => sum + bytes, 0), usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    let offset = 0;
    for (const { execution, buffer, bytes, batch } of chunks) {
      const at = offset;
      offset += bytes;
      writeBatch(execution, batch, this.config);
      execution.submit('evaluate', (encoder) => encoder.copyBufferToBuffer(buffer, 0, results, at, bytes));
    }
    const [outputs] = await readRanges(this.gpu.device, [{ buffer: results, bytes: offset }]);
    results.destroy();
    const found: RowResult[] = [];
    let from = 0;
    for (const { chosen, bytes, batch: { labels } } of chunks) {
      // The last chunk repeats its last row to be full.
      const ofRow = (values: Float32Array, place: number) => values.subarray((place * values.length) / this.rows, ((place + 1) * values.length) / this.rows);
      const own = outputs.subarray(from, from + bytes / 4);
      chosen.forEach((row, place) => { found[row] = { outputs: ofRow(own, place), labels: ofRow(labels, place) }; });
      from += bytes / 4;
    }
    const ofSets = sets.map(({ ids }, index) => found.slice(pooled.starts[index], pooled.starts[index] + ids.length));
    seen?.(ofSets.map((rows) => rows.map(({ outputs: ofRow }) => ofRow)));
    return ofSets.map((rows) => scoresOf(rows, this.config, this.metrics));
  }

  destroy(): void {
    for (const { execution } of this.widths) execution.destroy();
    this.pool?.destroy();
  }
}
