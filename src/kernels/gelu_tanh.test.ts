import { expect, it } from 'vitest';
import { checkOp } from './check';
import { recordGeluTanh } from './gelu_tanh';
import { describeElementwise, elementwiseCheck } from './testing/elementwise';

// tanh to a few units in the last place; its argument carries those of a cubic. In the left tail 1 + tanh cancels: 1 is the size of its terms.
const check = elementwiseCheck(recordGeluTanh, (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), 1e-6, 1);

describeElementwise('gelu_tanh', check);

it('saturates without overflow', async () => {
  const { outputs, gradients } = await checkOp(check([5], [0, 1e4, -1e4, 30, -30]));
  expect([...outputs.y].map(Math.abs)).toEqual([0, 1e4, 0, 30, 0]);
  for (const gradient of gradients.x) expect(Number.isFinite(gradient)).toBe(true);
});
