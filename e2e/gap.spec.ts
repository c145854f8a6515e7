/** The gap compares two clean losses, so dropout alone cannot move it. */
import { expect, test } from './support/page';

test('at learning rate 0 the gap does not depend on the chance of dropping', async ({ playground }) => {
  await playground.open({ 'optimizer.learningRate': 0, 'optimizer.steps': 4, 'evaluation.every': 4, 'dropout.hidden.p': 0.1 });
  await playground.train();
  await playground.type('Chance at hidden', 0.6);
  await playground.train();
  const [low, high] = await playground.records();
  expect([low.config.dropout.hidden?.p, high.config.dropout.hidden?.p]).toEqual([0.1, 0.6]);
  // The stochastic loss sees the dropout …
  expect(high.points.crossEntropy).not.toEqual(low.points.crossEntropy);
  // … and neither of the clean ones does, nor do they move while nothing is learned.
  const clean = low.evaluations[0];
  for (const { heldOut, train } of [...low.evaluations, ...high.evaluations]) expect({ heldOut, train }).toEqual({ heldOut: clean.heldOut, train: clean.train });
  expect(clean.heldOut.loss - clean.train.loss).not.toBe(0);
});
