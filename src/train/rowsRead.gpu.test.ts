/** The last layer computed for the one row that a head of classes reads, against the same layer computed for all rows. */
import { describe, expect, it } from 'vitest';
import { type DropoutRules, PATTERNS, SECOND_PASSES } from '../config/dropout';
import { isLora, PEFT_KINDS, type PeftKind } from '../config/peft';
import { readRanges } from '../gpu/readback';
import { ARCHITECTURE_NAMES, distance, tinyTrainer, type TinyOptions } from './testing/tinyTrainer';

/** Rows of nine, four and one token: the last real one is another in each. */
const ROWS = [0, 1, 4];

/** Every place that a layer has, each with another pattern. */
const everywhere = (shift: number, peft: PeftKind = 'lora'): DropoutRules => {
  const pattern = (place: number) => PATTERNS[(place + shift) % PATTERNS.length];
  return {
    logits: { p: 0.3, pattern: pattern(0) }, weights: { p: 0.2, pattern: pattern(1) }, hidden: { p: 0.3, pattern: pattern(2) }, ffn_inner: { p: 0.2, pattern: pattern(0) },
    ...(isLora(peft) && { lora_input: { p: 0.3, pattern: pattern(1) }, lora_rank: { p: 0.3, pattern: pattern(2) } }), output: { p: 0.2, pattern: 'element' },
  };
};

/** Logits of both passes, and gradients, of one step. */
async function stepOf(options: TinyOptions) {
  const tiny = await tinyTrainer({ ...options, keep: ['logits'] });
  const gradients = await tiny.gradients([tiny.batch(ROWS)], 3);
  const [logits] = await readRanges(tiny.trainer.options.gpu.device, [tiny.trainer.execution.kept('logits')]);
  tiny.trainer.destroy();
  return { gradients, logits };
}

async function compare(options: TinyOptions, what: string) {
  const [read, whole] = [await stepOf(options), await stepOf({ ...options, whole: true })];
  expect(Math.hypot(...read.logits), what).toBeGreaterThan(0);
  expect(distance(new Map([['logits', read.logits]]), new Map([['logits', whole.logits]])), what).toBeLessThan(1e-6);
  expect(distance(read.gradients, whole.gradients), what).toBeLessThan(1e-5);
}

// Which rows are computed is decided above the kernels, so two layouts say of a GPU's plans what all say of the simple ones.
describe.each([['software', ARCHITECTURE_NAMES], ['gpu', ['bert', 'qwen3']]] as const)('%s', (profile, architectures) => {
  it.each(architectures)('%s, with masks of every pattern at every place', async (architecture) => {
    for (let shift = 0; shift < PATTERNS.length; shift++) await compare({ architecture, launch: { profile }, method: { dropout: everywhere(shift) } }, `shift ${shift}`);
  });
});

it.each(PEFT_KINDS)('%s', async (peft) => {
  for (const architecture of ['roberta', 'llama']) {
    if (peft === 'bitfit' && architecture === 'llama') continue;
    await compare({ architecture, problem: 'regression', method: { peft, dropout: everywhere(1, peft) } }, architecture);
  }
});

it.each(SECOND_PASSES)('two passes, %s', async (second) => {
  for (const passes of ['doubled', 'sequential'] as const) {
    for (const architecture of ['distilbert', 'qwen3']) await compare({ architecture, passes, method: { dropout: everywhere(0), consistency: { kind: 'kl', alpha: 0.7, second } } }, `${architecture} ${passes}`);
  }
});

it('multiplies less, and leaves language models as they are', async () => {
  const rowsOf = async (options: TinyOptions) => {
    const { trainer } = await tinyTrainer(options);
    const { keyValueHeads, headSize, hidden, inner } = trainer.options.config;
    // Outputs over those of a row: the kernel may have turned the product.
    const outputs = { k: keyValueHeads * headSize, q: hidden, up: inner, down: hidden };
    const rows = Object.entries(outputs).map(([target, width]) => {
      const { params } = trainer.plan.dispatches.find(({ label }) => label === `layer 2 ${target}`)!;
      return (params.rows * params.columns) / width;
    });
    trainer.destroy();
    return rows;
  };
  expect(await rowsOf({})).toEqual([27, 3, 3, 3]);
  expect(await rowsOf({ whole: true })).toEqual([27, 27, 27, 27]);
  // Rotated first, a query is made for every row.
  expect(await rowsOf({ architecture: 'llama' })).toEqual([27, 27, 3, 3]);
  expect(await rowsOf({ architecture: 'llama', problem: 'language_model' })).toEqual([27, 27, 27, 27]);
});
