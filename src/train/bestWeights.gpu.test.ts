/** What is kept of the best evaluation is what was there when it was submitted, and lending it to a test leaves the run as it is. */
import { expect, it } from 'vitest';
import '../kernels/testing/matcher';
import { BestWeights } from './bestWeights';
import { type Tiny, tinyTrainer } from './testing/tinyTrainer';

async function expectEqual(actual: Map<string, Float32Array> | undefined, expected: Map<string, Float32Array>): Promise<void> {
  for (const [name, values] of expected) expect(actual!.get(name)!, name).toBeBitEqual(values);
}

const step = (tiny: Tiny, number: number) => tiny.train([tiny.batch([0, 1, 2])], number);

it('keeps the weights of the best evaluation while training goes on, and lends them', async () => {
  const tiny = await tinyTrainer({ architecture: 'llama' });
  const { state, options } = tiny.trainer;
  const weights = new BestWeights(options.gpu, state);
  expect(await weights.read()).toBeUndefined();
  weights.note();
  weights.judge(0, -2);
  step(tiny, 0);
  const first = await state.read('values');
  // Judged after another step was submitted, as in a run.
  weights.note();
  step(tiny, 1);
  weights.judge(1, -1);
  await expectEqual(await weights.read(), first);
  // A worse one changes nothing.
  weights.note();
  weights.judge(2, -1.5);
  expect(weights.best).toEqual({ step: 1, merit: -1, since: 1 });
  await expectEqual(await weights.read(), first);

  const now = await state.read('values');
  expect([...now.values()].some((values, index) => values.some((value, at) => value !== [...first.values()][index][at]))).toBe(true);
  await expectEqual(await weights.during(() => state.read('values')), first);
  await expectEqual(await state.read('values'), now);
  await expectEqual(await weights.read(), first);
  weights.destroy();
  tiny.trainer.destroy();
});
