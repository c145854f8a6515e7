import { expect, it } from 'vitest';
import { erf } from '../reference/functions';
import { checkOp } from './check';
import { recordGelu } from './gelu';
import { describeElementwise, elementwiseCheck } from './testing/elementwise';

// The kernel's fit of erfc is good to 1.2e-7; a few of float32's rounding errors come on top.
const check = elementwiseCheck(recordGelu, (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), 5e-7);

describeElementwise('gelu', check);

it('saturates without overflow', async () => {
  const { outputs, gradients } = await checkOp(check([5], [0, 1e4, -1e4, 30, -30]));
  expect(outputs.y[1]).toBe(1e4);
  expect(Math.abs(outputs.y[2])).toBeLessThan(1e-30);
  expect(outputs.y[3]).toBe(30);
  for (const gradient of gradients.x) expect(Number.isFinite(gradient)).toBe(true);
});
