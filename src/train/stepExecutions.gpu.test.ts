/** A consistency term at every n-th step: the plans take turns over the same weights and moments. */
import { expect, it } from 'vitest';
import '../kernels/testing/matcher';
import type { Method } from '../model/method';
import { keepStates } from './keptStates';
import { distance, tinyTrainer, type TinyOptions, TOKENS, TRAINING_ROWS } from './testing/tinyTrainer';

const dropout: Method['dropout'] = { hidden: { p: 0.3, pattern: 'element' } };
const kl = { kind: 'kl', alpha: 2, second: 'dropped_stopgrad' } as const;

it('counts the slots of rates anew with a plan of other positions, and not before', async () => {
  const logits = { p: 0.6, pattern: 'column' } as const;
  const changed = await tinyTrainer({ method: { dropout } });
  const fresh = await tinyTrainer({ method: { dropout: { ...dropout, logits } } });
  const unchanged = await tinyTrainer({ method: { dropout } });
  const gradientsOf = async ({ trainer, train, batch }: typeof changed, step: number) => {
    train([batch([0, 1, 2])], step, { learningRate: 0 });
    return trainer.state.read('gradients');
  };
  const now = fresh.trainer.options.method;
  const executions = await changed.trainer.prepare(now);
  // The new plan waits for its step: the old one goes on.
  for (const [name, values] of await gradientsOf(unchanged, 3)) expect((await gradientsOf(changed, 3)).get(name)!, name).toBeBitEqual(values);
  changed.trainer.swap(executions, now);
  for (const [name, values] of await gradientsOf(fresh, 4)) expect((await gradientsOf(changed, 4)).get(name)!, name).toBeBitEqual(values);
  for (const { trainer } of [changed, fresh, unchanged]) trainer.destroy();
});

it('is as changing plans by hand', async () => {
  const turns = await tinyTrainer({ method: { dropout, consistency: { ...kl, every: 3 } } });
  const byHand = await tinyTrainer({ method: { dropout, consistency: kl } });
  const method = byHand.trainer.options.method;
  const rows = (step: number) => [step % 6, (step + 1) % 6, (step + 3) % 6];
  for (let step = 0; step < 7; step++) {
    turns.train([turns.batch(rows(step))], step);
    const now: Method = { ...method, consistency: step % 3 === 0 ? kl : { ...kl, kind: 'none' } };
    byHand.trainer.swap(await byHand.trainer.prepare(now), now);
    byHand.train([byHand.batch(rows(step))], step);
  }
  const [actual, expected] = [await turns.trainer.state.read('values'), await byHand.trainer.state.read('values')];
  for (const [name, values] of expected) expect(actual.get(name)!, name).toBeBitEqual(values);
  // They share their buffers: the one without a second pass fits into those of the other.
  expect(turns.trainer.planBytes).toBeGreaterThanOrEqual(turns.trainer.plan.bytes);
  expect(turns.trainer.planBytes).toBeLessThan(1.1 * turns.trainer.plan.bytes);
  // And the term really is left out in between: with it at every step the weights are others.
  const always = await tinyTrainer({ method: { dropout, consistency: kl } });
  for (let step = 0; step < 7; step++) always.train([always.batch(rows(step))], step);
  const [name, values] = [...expected][0];
  expect([...(await always.trainer.state.read('values')).get(name)!]).not.toEqual([...values]);
  for (const tiny of [turns, byHand, always]) tiny.trainer.destroy();
});

const NARROW = 5;
const [short, long] = [[1, 4, 1], [0, 3, 5]];

const cases: [string, TinyOptions][] = [
  ['columns and spans, a second pass at every other step', { method: { dropout: { logits: { p: 0.3, pattern: 'column' }, hidden: { p: 0.3, pattern: 'span' } }, consistency: { ...kl, every: 2 } } }],
  ['text behind a prompt of trained vectors', { architecture: 'llama', problem: 'language_model', method: { peft: 'prompt', dropout: { weights: { p: 0.3, pattern: 'element' } }, consistency: kl } }],
  ['prefixes', { architecture: 'gpt2', method: { peft: 'prefix', dropout: { ffn_inner: { p: 0.3, pattern: 'column' } } } }],
  ['states kept for every training row', { method: { fromLayer: 1, dropout: { hidden: { p: 0.3, pattern: 'element', fromLayer: 1 } } }, cached: { stages: 2, rows: TRAINING_ROWS, tokens: TOKENS } }],
];

it.each(cases)('trains batches of each width as if there were no other: %s', async (_, options) => {
  const both = await tinyTrainer({ ...options, widths: [NARROW, TOKENS] });
  const narrow = await tinyTrainer({ ...options, widths: [NARROW] });
  const wide = await tinyTrainer(options);
  for (const { trainer, batch } of [both, narrow, wide]) if (options.cached) await keepStates(trainer, [batch([0, 1, 2]), batch([3, 4, 5])]);
  const gradientsOf = async ({ trainer, train, batch }: typeof both, step: number, width: number) => {
    train([batch(width === NARROW ? short : long, width)], step, { learningRate: 0, weightDecay: 0 });
    return trainer.state.read('gradients');
  };
  for (const [step, width] of [NARROW, TOKENS, TOKENS, NARROW].entries()) {
    const expected = await gradientsOf(width === NARROW ? narrow : wide, step, width);
    for (const [name, values] of await gradientsOf(both, step, width)) expect(values, `step ${step}, ${name}`).toBeBitEqual(expected.get(name)!);
  }
  // Scratch is shared: a second width costs next to nothing.
  expect(both.trainer.planBytes).toBeLessThan(1.1 * wide.trainer.planBytes);
  expect(() => both.train([both.batch(short, 7)], 4)).toThrow(/a batch of 7 tokens a row, plans are for 9, 5/);
  for (const { trainer } of [both, narrow, wide]) trainer.destroy();
});

it('adds up the gradients of micro-batches of several widths', async () => {
  const tiny = await tinyTrainer({ widths: [NARROW, TOKENS], accumulation: 3 });
  const gradientsOf = async (width: number) => {
    tiny.train([tiny.batch(short, width), tiny.batch(long), tiny.batch(short, width)], 0, { learningRate: 0, weightDecay: 0 });
    return tiny.trainer.state.read('gradients');
  };
  // Without dropout it does not matter how far a row is padded.
  expect(distance(await gradientsOf(NARROW), await gradientsOf(TOKENS))).toBeLessThan(1e-5);
  tiny.trainer.destroy();
});
