import { expect, it } from 'vitest';
import { checkOp } from './check';
import { recordRelu } from './relu';
import { describeElementwise, elementwiseCheck } from './testing/elementwise';

const check = elementwiseCheck(recordRelu, (x) => Math.max(x, 0), 1e-7); // a copy, and a sum of two gradients

describeElementwise('relu', check);

it('has slope 0 at 0, as PyTorch', async () => {
  // Differences see ½ there: the gradient is looked at without them.
  const given = check([3], [0, 2, -2]);
  const { gradients } = await checkOp({ ...given, reference: ({ x }, base) => ({ outputs: { y: x.map((value, i) => (base.x[i] > 0 ? value : 0)) } }) });
  expect(Math.abs(gradients.x[0])).toBe(0);
});
