/** A consistency term at every n-th step: the plans take turns over the same weights and moments. */
import { expect, it } from 'vitest';
import '../kernels/testing/matcher';
import type { Method } from '../model/method';
import { tinyTrainer } from './testing/tinyTrainer';

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
  // Both plans are counted.
  expect(turns.trainer.planBytes).toBeGreaterThan(turns.trainer.plan.bytes);
  // And the term really is left out in between: with it at every step the weights are others.
  const always = await tinyTrainer({ method: { dropout, consistency: kl } });
  for (let step = 0; step < 7; step++) always.train([always.batch(rows(step))], step);
  const [name, values] = [...expected][0];
  expect([...(await always.trainer.state.read('values')).get(name)!]).not.toEqual([...values]);
  for (const tiny of [turns, byHand, always]) tiny.trainer.destroy();
});
