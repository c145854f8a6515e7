/** What is computed once, for both passes of a step or for every training row, against the same computed anew. */
import { describe, expect, it } from 'vitest';
import { SECOND_PASSES } from '../config/dropout';
import type { Method } from '../model/method';
import { unchangingStages } from '../model/stages';
import { keepStates } from './keptStates';
import { ARCHITECTURE_NAMES, distance, tinyTrainer, TOKENS, TRAINING_ROWS, type TinyOptions } from './testing/tinyTrainer';

/** Layer 0 alone is without dropout, and without LoRA where `fromLayer` says so. */
const above: Method['dropout'] = {
  logits: { p: 0.2, pattern: 'column', fromLayer: 2 }, hidden: { p: 0.2, pattern: 'element', fromLayer: 1 }, weights: { p: 0.1, pattern: 'element', fromLayer: 1 },
  output: { p: 0.1, pattern: 'element' },
};
const kl = (second: Method['consistency']['second'] = 'dropped_stopgrad'): Method['consistency'] => ({ kind: 'kl', alpha: 0.7, second });
const ROWS = [4, 1, 1];
const LIMIT = 1e-5;

async function gradientsOf(options: TinyOptions) {
  const tiny = await tinyTrainer(options);
  try {
    if (options.cached) await keepStates(tiny.trainer, [tiny.batch([0, 1, 2]), tiny.batch([3, 4, 5])]);
    return await tiny.gradients([tiny.batch(ROWS)]);
  } finally {
    tiny.trainer.destroy();
  }
}

// What is shared is decided above the kernels, so two layouts say of a GPU's plans what all say of the simple ones.
describe.each([['software', ARCHITECTURE_NAMES], ['gpu', ['bert', 'llama']]] as const)('the layers below the first dropped one, %s', (profile, architectures) => {
  const launch = { profile };
  it.each(architectures)('are shared by both passes of %s', async (architecture) => {
    for (const passes of ['doubled', 'sequential'] as const) {
      for (const second of SECOND_PASSES) {
        const options: TinyOptions = { architecture, launch, passes, method: { dropout: above, consistency: kl(second) } };
        const [once, twice] = [await gradientsOf(options), await gradientsOf({ ...options, recompute: true })];
        expect(distance(once, twice), `${passes} ${second}`).toBeLessThan(LIMIT);
      }
    }
  });
});

it.each(['lora', 'dora', 'pissa', 'adapter', 'bitfit', 'full', 'prefix', 'prompt'] as const)('are shared by both passes with %s', async (peft) => {
  for (const architecture of ['roberta', 'llama']) {
    if (peft === 'bitfit' && architecture === 'llama') continue;
    const options: TinyOptions = { architecture, problem: architecture === 'llama' ? 'language_model' : 'regression', method: { peft, dropout: above, consistency: { ...kl('dropped_grad'), kind: architecture === 'llama' ? 'jsd' : 'mse' } } };
    expect(distance(await gradientsOf(options), await gradientsOf({ ...options, recompute: true })), architecture).toBeLessThan(LIMIT);
  }
});

it('computes less where it shares', async () => {
  const [once, twice] = [await tinyTrainer({ method: { dropout: above, consistency: kl() } }), await tinyTrainer({ method: { dropout: above, consistency: kl() }, recompute: true })];
  // Layer 0 covers 3 samples instead of 6.
  const widest = (tiny: typeof once) => tiny.trainer.plan.dispatches.find(({ label }) => label === 'layer 0 weights')!.bindings.w.shape[0];
  expect([widest(once), widest(twice)]).toEqual([3, 6]);
  once.trainer.destroy();
  twice.trainer.destroy();
});

describe('kept states', () => {
  const cached = { stages: 2, rows: TRAINING_ROWS, tokens: TOKENS };
  const frozen: Partial<Method> = { fromLayer: 1, dropout: above };

  it.each(ARCHITECTURE_NAMES)('give the gradients of %s computed from the text', async (architecture) => {
    for (const problem of ['classification', 'language_model'] as const) {
      if (problem === 'language_model' && !['gpt2', 'llama', 'qwen2', 'qwen3'].includes(architecture)) continue;
      for (const consistency of [{ kind: 'none', alpha: 0, second: 'dropped_stopgrad' } as const, kl(), kl('dropped_grad')]) {
        for (const passes of ['doubled', 'sequential'] as const) {
          const options: TinyOptions = { architecture, problem, passes, method: { ...frozen, consistency } };
          const [kept, anew] = [await gradientsOf({ ...options, cached }), await gradientsOf({ ...options, recompute: true })];
          expect(distance(kept, anew), `${problem} ${consistency.kind} ${consistency.second} ${passes}`).toBeLessThan(LIMIT);
        }
      }
    }
  });

  it('are read below a shared layer too', async () => {
    const higher = { fromLayer: 1, dropout: { hidden: { p: 0.2, pattern: 'element', fromLayer: 2 } }, consistency: kl() } as const;
    const options: TinyOptions = { architecture: 'gpt2', method: higher };
    expect(distance(await gradientsOf({ ...options, cached }), await gradientsOf({ ...options, recompute: true }))).toBeLessThan(LIMIT);
  });

  it('are left unread by a plan that drops below them, and read again by one that does not', async () => {
    const tiny = await tinyTrainer({ method: frozen, cached });
    await keepStates(tiny.trainer, [tiny.batch([0, 1, 2]), tiny.batch([3, 4, 5])]);
    const reads = () => tiny.trainer.execution.reads('state rows');
    expect(reads()).toBe(true);
    const below: Method = { ...tiny.trainer.options.method, dropout: { hidden: { p: 0.2, pattern: 'element' } } };
    tiny.trainer.swap(await tiny.trainer.prepare(below), below);
    expect(reads()).toBe(false);
    const again: Method = { ...below, dropout: above };
    tiny.trainer.swap(await tiny.trainer.prepare(again), again);
    expect(reads()).toBe(true);
    tiny.trainer.destroy();
  });

  it('end below the first layer that is trained or dropped', async () => {
    const stagesOf = async (method: Partial<Method>, architecture = 'bert') => {
      const { trainer } = await tinyTrainer({ architecture, method });
      const stages = unchangingStages(trainer.options.config, trainer.options.method);
      trainer.destroy();
      return stages;
    };
    expect(await stagesOf({})).toBe(1);
    expect(await stagesOf({ fromLayer: 2 })).toBe(3);
    expect(await stagesOf({ fromLayer: 2, dropout: above })).toBe(2);
    expect(await stagesOf({ fromLayer: 2, dropout: { lora_input: { p: 0.1, pattern: 'element' } } })).toBe(3);
    expect(await stagesOf({ fromLayer: 2, dropout: { embedding: { p: 0.1, pattern: 'element' } } })).toBe(0);
    expect(await stagesOf({ fromLayer: 2, noisy: true })).toBe(0);
    expect(await stagesOf({ peft: 'adapter', fromLayer: 1 })).toBe(2);
    expect(await stagesOf({ peft: 'prompt' })).toBe(0);
    expect(await stagesOf({ peft: 'prefix' })).toBe(1);
    expect(await stagesOf({ peft: 'full' })).toBe(0);
    // Nothing is trained but the head.
    expect(await stagesOf({ peft: 'bitfit' }, 'llama')).toBe(4);
  });
});
