/** What a model makes of rows of tokens, with nothing dropped: the page's own plans, one forward pass a chunk. */
import { type Gpu, largestBuffer } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { readRanges } from '../gpu/readback';
import { Execution } from '../graph/execution';
import { paddingRow } from '../model/modelConfig';
import { virtualRowsOf } from '../model/method';
import { planEvaluation, targetOf } from '../model/plans';
import { chunksOf, evaluationWidths } from '../train/evaluationChunks';
import { filled } from '../train/dataset';
import { tokenLabels } from '../train/languageModel';
import { writeBatch } from '../train/trainer';
import { type Scored, withModel } from './device';

/** One row: of a language model the mean loss of its tokens but the first, in nats, and the logits behind its last token; else the logits. */
export type Score = { mean_nll: number; last_logits: number[] } | { logits: number[] };

/** Rows of one chunk at most. */
const ROWS = 16;

/**
 * @param rows token ids, each row within the model's positions
 * @throws with a sentence where the logits of one row are larger than a buffer may be, WebGPU refuses something, or a number is not finite
 */
export async function scoreRows(gpu: Gpu, pipelines: Pipelines, model: Scored, rows: number[][]): Promise<Score[]> {
  const { checkpoint: { config }, trained } = model;
  const writes = config.problem === 'language_model';
  return withModel(gpu, model, 'the numbers are worth nothing; give shorter texts', async (state) => {
    const encoded = { ids: rows.map((row) => Uint32Array.from(row)), lengths: Uint32Array.from(rows, ({ length }) => length), labels: new Float32Array(rows.length), cutRows: 0 };
    const longest = rows.reduce((most, { length }) => Math.max(most, length), 1);
    const samples = samplesOf(gpu, model, longest, rows.length);
    const scores: Score[] = [];
    const widths = evaluationWidths([encoded], samples, longest);
    const chunks = chunksOf(encoded, samples);
    for (const width of widths) {
      const own = chunks.filter(([first]) => widths.find((one) => one >= rows[first].length) === width);
      if (own.length === 0) continue;
      const plan = planEvaluation(config, trained, { samples, tokens: width }, targetOf(gpu), writes ? 'scores' : 'logits');
      const execution = await Execution.create(gpu, pipelines, plan, state);
      for (const chosen of own) (await scoreChunk(gpu, execution, model, rows, chosen, samples, width)).forEach((score, place) => { scores[chosen[place]] = score; });
      execution.destroy();
    }
    return scores;
  });
}

/** Rows of a chunk, so that the logits of all their tokens fit one buffer. */
function samplesOf(gpu: Gpu, { checkpoint: { config }, trained }: Scored, longest: number, rows: number): number {
  if (config.problem !== 'language_model') return Math.min(ROWS, rows);
  const bytes = (longest + virtualRowsOf(trained).rows) * config.vocabulary * 4;
  const most = largestBuffer(gpu);
  if (bytes > most) throw new Error(`the longest text has ${longest} tokens, whose logits take ${bytes} bytes, and this device has buffers of ${most}; give shorter texts`);
  return Math.max(1, Math.min(ROWS, rows, Math.floor(Math.min(most, gpu.memoryBudget / 4) / bytes)));
}

async function scoreChunk(gpu: Gpu, execution: Execution, { checkpoint: { config }, trained }: Scored, rows: number[][], chosen: number[], samples: number, width: number): Promise<Score[]> {
  const used = filled(chosen, samples).map((row) => rows[row]);
  const ids = new Uint32Array(samples * width).fill(paddingRow(config.padId, config.vocabulary) ?? 0);
  used.forEach((row, place) => ids.set(row, place * width));
  const batch = { ids, lengths: Uint32Array.from(used, ({ length }) => length) };
  const virtualRows = virtualRowsOf(trained).rows;
  const writes = config.problem === 'language_model';
  writeBatch(execution, { ...batch, labels: writes ? tokenLabels(batch, used.map(() => 1), virtualRows) : new Float32Array(samples) }, config);
  execution.submit('score');
  const kept = await readRanges(gpu.device, (writes ? ['last logits', 'losses'] : ['logits']).map((name) => execution.kept(name)));
  return chosen.map((row, place) => {
    const [logits, losses] = kept.map((values) => values.subarray((place * values.length) / samples, ((place + 1) * values.length) / samples));
    const wrong = logits.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new Error(`text ${row + 1}: a logit is ${wrong}, which is no number to go on with; look for such values in the weights`);
    if (!writes) return { logits: [...logits] };
    // Summed in float64; rows of virtual tokens and the last one predict nothing.
    const predicted = losses.subarray(virtualRows, virtualRows + rows[row].length - 1);
    return { mean_nll: predicted.reduce((sum, loss) => sum + loss, 0) / predicted.length, last_logits: [...logits] };
  });
}
