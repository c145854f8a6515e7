import { expect, it } from 'vitest';
import { checkOp } from './check';
import { recordTanh } from './tanh';
import { describeElementwise, elementwiseCheck } from './testing/elementwise';

// WGSL bounds tanh by that of sinh/cosh, a few units in the last place.
const check = elementwiseCheck(recordTanh, Math.tanh, 1e-6);

describeElementwise('tanh', check);

it('is ±1 far out, where an exponential would overflow', async () => {
  const { outputs } = await checkOp(check([4], [100, -100, 3e30, -3e30]));
  expect([...outputs.y]).toEqual([1, -1, 1, -1]);
});
