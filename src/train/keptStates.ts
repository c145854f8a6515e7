/**
 * States that never change for a training row: what leaves the last of the lower stages in which nothing is trained and nothing is random.
 * They are computed once before the first step, kept on the GPU, and read by row number from then on.
 */
import { type Gpu, largestBuffer } from '../gpu/device';
import { Execution } from '../graph/execution';
import type { ModelConfig } from '../model/modelConfig';
import type { Method } from '../model/method';
import { type Cached, STATES, statesBytes } from '../model/passes';
import { planStates, targetOf } from '../model/plans';
import { unchangingStages } from '../model/stages';
import { type HostBatch, type Trainer, writeBatch } from './trainer';

/** Fewest stages worth keeping: the first are the embeddings, which are looked up anyway. */
const LEAST_STAGES = 2;
/** Largest part of the memory budget that kept states may take. */
const MOST_OF_BUDGET = 0.25;

/** What to keep for `rows` training rows of `tokens` tokens, filled `chunk` rows at a time; undefined where it is not worth it or does not fit. */
export function statesToKeep(gpu: Pick<Gpu, 'device' | 'memoryBudget'>, config: ModelConfig, method: Method, rows: number, tokens: number, chunk: number): Cached | undefined {
  const stages = unchangingStages(config, method);
  const cached = { stages, rows: Math.ceil(rows / chunk) * chunk, tokens };
  const most = Math.min(largestBuffer(gpu), gpu.memoryBudget * MOST_OF_BUDGET);
  return stages >= LEAST_STAGES && statesBytes(cached, config.hidden) <= most ? cached : undefined;
}

/** Computes the states of all rows: `chunks` has them in order, all of one size. */
export async function keepStates(trainer: Trainer, chunks: HostBatch[]): Promise<void> {
  const { gpu, pipelines, config, method, cached, target } = trainer.options;
  if (!cached) return;
  const { tokens } = cached;
  const samples = chunks[0].lengths.length;
  const plan = planStates(config, method, { samples, tokens }, targetOf(gpu, target), cached.stages);
  const execution = await Execution.create(gpu, pipelines, plan, trainer.state);
  const { buffer, bytes } = execution.kept(STATES);
  const table = trainer.state.provide(STATES, statesBytes(cached, config.hidden));
  chunks.forEach((chunk, index) => {
    writeBatch(execution, chunk, config);
    execution.submit('keep states', (encoder) => encoder.copyBufferToBuffer(buffer, 0, table, index * bytes, bytes));
  });
  execution.destroy();
}
