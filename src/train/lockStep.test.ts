import { expect, it } from 'vitest';
import { LockStep } from './lockStep';

/** A lane that takes a step each time it is told, and notes which. */
function runner(together: LockStep, taken: string[], name: string) {
  const lane = together.join(0);
  let step = 0;
  return {
    lane,
    async take() {
      await lane.turn(step);
      taken.push(`${name}${step}`);
      step += 1;
    },
    rest: () => lane.rest(step),
  };
}
const moment = () => new Promise((resolve) => { setTimeout(resolve, 0); });

it('lets nobody get ahead of a lane that has not taken its step', async () => {
  const taken: string[] = [];
  const together = new LockStep();
  const [a, b] = ['a', 'b'].map((name) => runner(together, taken, name));
  void a.take().then(() => a.take());
  await moment();
  expect(taken).toEqual(['a0']);
  await b.take();
  await moment();
  // `a` waits until `b` has come to its next step.
  expect(taken).toEqual(['a0', 'b0']);
  void b.take();
  await moment();
  expect(taken.slice(2).sort()).toEqual(['a1', 'b1']);
});

it('waits for nobody that is over, or that rests further on', async () => {
  const taken: string[] = [];
  const together = new LockStep();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => runner(together, taken, name));
  await Promise.all([a.take(), b.take(), c.take()]);
  void a.take();
  await moment();
  expect(taken).toHaveLength(3);
  c.lane.leave();
  b.rest();
  await moment();
  expect(taken[3]).toBe('a1');
});

it('lets go of whoever waits when all are to rest, and of one that ends while it waits', async () => {
  const together = new LockStep();
  const [a, b] = [together.join(0), together.join(0)];
  const waits = a.turn(1);
  together.release();
  await waits;
  const waitsAgain = a.turn(1);
  a.leave();
  await waitsAgain;
  await b.turn(5);
});
