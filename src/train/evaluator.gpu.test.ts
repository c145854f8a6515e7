/** Scores of text: the losses that the GPU sums, against the logits and float64. */
import { describe, expect, it } from 'vitest';
import { pageFor } from '../kernels/testing/page';
import { languageModelLoss } from '../metrics/outputs';
import { type Dataset, firstRows } from './dataset';
import { Evaluator } from './evaluator';
import { readRanges } from '../gpu/readback';
import { type Tiny, tinyTrainer, TOKENS, TRAINING_ROWS } from './testing/tinyTrainer';
import { countedLabels } from './rowRules';
import { writeBatch } from './trainer';

/** The made training set as the evaluator wants its rows. */
function datasetOf(tiny: Tiny): Dataset {
  const ids = Array.from({ length: TRAINING_ROWS }, (_, row) => {
    const { ids: padded, lengths } = tiny.batch([row]);
    return padded.slice(0, lengths[0]);
  });
  const rows = { ids, lengths: Uint32Array.from(ids, ({ length }) => length), labels: new Float32Array(ids.length), scoredFrom: Uint32Array.from(ids, (_, row) => row % 3), cutRows: 0 };
  return { training: rows, validation: rows, test: rows, sample: rows, width: TOKENS, padId: 1 } as unknown as Dataset;
}

describe.each([['llama', 'lora'], ['gpt2', 'prompt'], ['qwen3', 'prefix']] as const)('%s writing, %s', (architecture, peft) => {
  it('has the mean loss of the scored tokens, whatever the chunks and the smoothing', async () => {
    const { gpu } = await pageFor({});
    const tiny = await tinyTrainer({ architecture, problem: 'language_model', method: { peft } });
    const dataset = datasetOf(tiny);
    const { config, method } = tiny.trainer.options;
    const virtualRows = peft === 'prompt' ? method.virtualTokens! : 0;
    // A training step leaves its smoothing in the uniform, which a judgement must not see.
    tiny.train([tiny.batch([0, 1, 2])], 0, { smoothing: 0.3, learningRate: 0, weightDecay: 0 });

    const whole = await tiny.trainer.evaluator({ samples: TRAINING_ROWS, tokens: TOKENS });
    const batch = tiny.batch([0, 1, 2, 3, 4, 5]);
    writeBatch(whole, batch, config);
    whole.submit('evaluate');
    const [logits] = await readRanges(gpu.device, [whole.kept('logits')]);
    const { sum, count } = languageModelLoss(logits, batch.labels, config.vocabulary);
    expect(count).toBe(countedLabels(batch.labels, config.problem));

    for (const [rows, widths] of [[4, [TOKENS]], [6, [TOKENS]], [2, [4, 7, TOKENS]], [1, [1, TOKENS]]] as const) {
      const executions = await Promise.all(widths.map(async (width) => ({ width, execution: await tiny.trainer.evaluator({ samples: rows, tokens: width }, 'losses') })));
      const evaluator = new Evaluator(gpu, executions, config, rows, virtualRows, ['perplexity']);
      const [one, two] = await evaluator.evaluate(dataset, [dataset.validation, firstRows(dataset.validation, 2)]);
      expect(one.loss).toBeCloseTo(sum / count, 5);
      expect(one.metric).toBeCloseTo(Math.exp(sum / count), 3);
      expect(two.loss).not.toBeCloseTo(one.loss, 3);
      evaluator.destroy();
    }
    whole.destroy();
    tiny.trainer.destroy();
  });
});
