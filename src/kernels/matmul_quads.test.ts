/** Products by four lanes give the bits of the plain kernel, however the matrices lie: whether they are turned or not, and in grids of two axes. */
import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { Emitter } from '../graph/emitter';
import type { Tensor } from '../graph/tensor';
import { recordAttentionLogits, recordAttentionMix, recordLinear } from './matmul';
import { hasQuads } from './matmul_quads';
import { type Executed, execute, recordCopy } from './testing/execute';
import { count, normals } from './testing/numbers';
import { type Launch, pageFor } from './testing/page';

type Record = (make: (name: string, shape: number[], role?: 'weight' | 'parameter') => Tensor, tape: Tape) => Tensor;

/** Runs forward and backward from a random gradient of the result; keeps the result and the gradient of every tensor that has one. */
function run(record: Record, launch: Launch): Promise<Executed> {
  const tape = new Tape();
  const values = new Map<string, Float32Array>();
  const fill = (name: string, shape: number[]) => void values.set(name, normals(count(shape), values.size + 1));
  const activations: Tensor[] = [];
  const make = (name: string, shape: number[], role?: 'weight' | 'parameter') => {
    fill(name, shape);
    if (role) return tape[role](name, shape);
    activations.push(recordCopy(tape, `copy of ${name}`, tape.input(name, shape, 'f32'), true));
    return activations[activations.length - 1];
  };
  const y = record(make, tape);
  tape.keep('y', y);
  fill('seed', [...y.shape]);
  const seed = recordCopy(tape, 'copy of seed', tape.input('seed', y.shape, 'f32'), false);
  return execute({
    tape, values, samples: y.shape[0], backward: true, seeds: new Map([[y, seed]]),
    finish: (_, gradients) => activations.forEach((tensor, i) => { const gradient = gradients.of(tensor); if (gradient) tape.keep(`gradient ${i}`, gradient); }),
  }, launch);
}

const bitsOf = ({ kept, gradients }: Executed) => [...kept, ...gradients].map(([name, values]) => [name, [...new Uint32Array(values.buffer, values.byteOffset, values.length)]]);

const CASES: [string, Record][] = [
  ['a linear layer with edges everywhere', (make, tape) => recordLinear(tape, 'linear', make('x', [2, 19, 21]), make('w', [35, 21], 'parameter'), { bias: make('b', [35], 'parameter'), scale: 2.5 })],
  ['a stored transpose', (make, tape) => recordLinear(tape, 'linear', make('x', [3, 13, 9]), make('w', [9, 66], 'parameter'), { transposed: true })],
  ['the branch of LoRA', (make, tape) => {
    const x = make('x', [2, 33, 20]);
    const y = recordLinear(tape, 'frozen', x, make('w', [12, 20], 'weight'));
    return recordLinear(tape, 'B', recordLinear(tape, 'A', x, make('A', [3, 20], 'parameter')), make('B', [12, 3], 'parameter'), { into: y, scale: 4 });
  }],
  ['logits of grouped heads', (make, tape) => recordAttentionLogits(tape, 'logits', make('q', [2, 35, 24]), make('k', [2, 37, 8]), 6)],
  ['a mix of grouped heads', (make, tape) => recordAttentionMix(tape, 'mix', make('w', [3, 4, 35, 18]), make('v', [3, 18, 10]), 4, { keyValueHeads: 2 })],
  ['one query a sample', (make, tape) => recordAttentionMix(tape, 'mix', make('w', [40, 2, 1, 5]), make('v', [40, 5, 14]), 2, { single: true })],
];

describe('four lanes', () => {
  it('are what a software adapter with subgroups multiplies with', async () => {
    const { gpu } = await pageFor();
    expect(gpu.subgroupSize).toBeGreaterThanOrEqual(4);
    const planned = (profile: 'software' | 'gpu', subgroupSize: number) => hasQuads(new Emitter(new Tape(), { profile, subgroupSize, samples: 1, gradientSamples: 1 }));
    expect([planned('software', 4), planned('software', 0), planned('software', 2), planned('gpu', 32)]).toEqual([true, false, false, false]);
  });

  it.each(CASES)('give the bits of the plain kernel: %s', async (_, record) => {
    const plain = await run(record, { tile: { wx: 2, wy: 2, k: 0 } });
    expect(plain.plan.dispatches.some(({ entry }) => entry === 'quads')).toBe(false);
    for (const launch of [{}, { mostGroups: 2 }]) {
      const ran = await run(record, launch);
      const products = ran.plan.dispatches.filter(({ entry }) => entry === 'quads');
      expect(products.length).toBeGreaterThanOrEqual(2);
      if (launch.mostGroups) expect(products.some(({ grid }) => grid[1] > 1)).toBe(true);
      expect(bitsOf(ran)).toEqual(bitsOf(plain));
    }
  });

  it('turn a product that takes fewer tiles so', async () => {
    const { plan } = await run(CASES[2][1], {});
    const ofLabel = (label: string) => plan.dispatches.find((dispatch) => dispatch.label === label)!.params;
    expect(ofLabel('A')).toMatchObject({ rows: 3, columns: 66, c_row: 1, c_column: 3 });
    expect(ofLabel('A dW')).toMatchObject({ rows: 3, columns: 20, c_column: 1 });
  });
});
