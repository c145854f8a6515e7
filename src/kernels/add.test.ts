import { describe, it } from 'vitest';
import { erf } from '../reference/functions';
import { recordActivation } from './activation';
import { recordAdd } from './add';
import { activation, checkOp, parameter } from './check';
import { count, normals, spiky } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

/** x + tanh(gelu(x)): the residual connection as the model has it, whose gradients share buffers. */
const reference = ({ x }: Record<string, Float64Array>) => ({ outputs: { y: x.map((value) => value + Math.tanh(0.5 * value * (1 + erf(value / Math.SQRT2)))) } });

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('add, %s', (_, launch) => {
  describe.each([{ shape: [1] }, { shape: [3, 5] }, { shape: [257] }])('$shape', ({ shape }) => {
    // A parameter's gradient has a place of its own: it is copied there, and added to at the second use.
    it.each([['activation', activation], ['parameter', parameter]])('%s', async (_name, leaf) => {
      for (const values of [normals(count(shape), 1), spiky(count(shape), 2)]) {
        for (const uses of [1, 2] as const) {
          await checkOp({
            leaves: { x: leaf(shape, values) },
            record: (tape, { x }) => ({ y: recordAdd(tape, 'add', x, recordActivation(tape, 'tanh', 'tanh', recordActivation(tape, 'gelu', 'gelu', x))) }),
            reference, uses, limit: 1e-6, // tanh and gelu
          }, launch);
        }
      }
    });
  });

  it('gives each of two tensors its own gradient, whatever else they feed', async () => {
    // The gradient of the sum is shared by both at first; adding to one must not change the other.
    await checkOp({
      leaves: { a: activation([3, 7], normals(21, 3)), b: activation([3, 7], normals(21, 4)) },
      record: (tape, { a, b }) => ({ t: recordActivation(tape, 'tanh', 'tanh', a), g: recordActivation(tape, 'gelu', 'gelu', b), y: recordAdd(tape, 'add', a, b) }),
      reference: ({ a, b }) => ({ outputs: { t: a.map(Math.tanh), g: b.map((value) => 0.5 * value * (1 + erf(value / Math.SQRT2))), y: a.map((value, i) => value + b[i]) } }),
      uses: 2, limit: 2e-6,
    }, launch);
    await checkOp({
      leaves: { a: activation([3, 7], normals(21, 3)) },
      record: (tape, { a }) => ({ y: recordAdd(tape, 'add', a, a) }),
      reference: ({ a }) => ({ outputs: { y: a.map((value) => 2 * value) } }),
      uses: 2, limit: 2e-7,
    }, launch);
  });

  it('passes the gradient through a stack of residual connections', async () => {
    await checkOp({
      leaves: { x: activation([3, 7], normals(21, 3)) },
      record: (tape, { x }) => {
        const once = recordAdd(tape, 'first', x, recordActivation(tape, 'tanh 1', 'tanh', recordActivation(tape, 'gelu 1', 'gelu', x)));
        return { y: recordAdd(tape, 'second', once, recordActivation(tape, 'tanh 2', 'tanh', recordActivation(tape, 'gelu 2', 'gelu', once))) };
      },
      reference: ({ x }) => reference({ x: Float64Array.from(reference({ x }).outputs.y) }),
      limit: 2e-6,
    }, launch);
  });
});
