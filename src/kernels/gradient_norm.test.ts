import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { emitGradientNorm } from './gradient_norm';
import './testing/matcher';
import { execute } from './testing/execute';
import { normals, spiky } from './testing/numbers';
import { type Launch, launchName, PLAIN_LAUNCHES } from './testing/page';

async function run(gradients: Float32Array, clip: number, launch?: Launch): Promise<Float32Array> {
  const tape = new Tape();
  const arena = tape.shared('gradients', [gradients.length]);
  const norm = tape.shared('norm', [2]);
  const ran = await execute({ tape, values: new Map([['gradients', gradients]]), step: { clip }, finish: (emit) => emitGradientNorm(emit, arena, norm) }, launch);
  return ran.shared.get('norm')!;
}

const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('gradient_norm, %s', (_, launch) => {
  // Fewer elements than partial sums, as many, and several for each of the 1024 at most.
  it.each([1, 3, 64, 65, 16_500, 300_001])('%d elements', async (count) => {
    for (const values of [normals(count, 1), spiky(count, 2)]) {
      const expected = length(values);
      // Partial sums of up to 300 squares, then a sum of 1024: their roundings partly cancel.
      const [norm, factor] = await run(values, 0, launch);
      expect([norm]).toBeNear([expected], 2e-6);
      expect(factor).toBe(1);
      for (const clip of [expected / 3, expected * 3]) {
        const clipped = await run(values, clip, launch);
        expect(clipped[0]).toBe(norm); // before clipping
        expect([clipped[1]]).toBeNear([Math.min(1, clip / (expected + 1e-6))], 2e-6);
      }
    }
  });
});

it('is 0, with factor 1, where every gradient is 0', async () => {
  expect([...(await run(new Float32Array(100), 1))]).toEqual([0, 1]);
});
