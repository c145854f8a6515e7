/** A consistency term at every n-th step: the plans take turns over the same weights and moments. */
import { expect, it } from 'vitest';
import '../kernels/testing/matcher';
import type { Method } from '../model/method';
import { tinyTrainer } from './testing/tinyTrainer';

const dropout: Method['dropout'] = { hidden: { p: 0.3, pattern: 'element' } };
const kl = { kind: 'kl', alpha: 2, second: 'dropped_stopgrad' } as const;

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
