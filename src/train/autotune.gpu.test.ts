import { expect, it } from 'vitest';
import { acquireDevice } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { Autotuner, CANDIDATES } from './autotune';

it('measures every candidate of a small product and chooses one of them', async () => {
  const gpu = await acquireDevice(navigator.gpu, { profile: 'gpu' });
  const tuner = new Autotuner(gpu, new Pipelines(gpu));
  expect(CANDIDATES).toContain(await tuner.fastest({ rows: 17, columns: 9, depth: 5, products: 2 }));
  expect(tuner.tileFor(17, 9, 5, 2)).toBeUndefined();
  gpu.device.destroy();
});
