/** A small computation with a known result, run before anything else: a driver that gets it wrong must not train. */
import type { Gpu } from './device';
import { Pipelines } from './pipelines';
import { readRanges } from './readback';
import { packParams, paramsBytes, shader } from './shader';
import code from '../../shaders/column_sum.wgsl?raw';

const ROWS_OF_INPUT = 37;
const COLUMNS = 5;

/**
 * Sums columns of a small matrix with `lanes` lanes a column, which exercises the reduction form that the profile would use.
 * @returns undefined when the result is right, else what was wrong
 */
async function sumColumns(gpu: Gpu, lanes: number): Promise<string | undefined> {
  const { device } = gpu;
  const sum = shader('self_test', code);
  const rows = Math.max(1, Math.floor(64 / lanes));
  const { pipeline, layout, bindings } = await new Pipelines(gpu).get({ shader: sum, entry: 'forward', constants: { LANES: lanes, ROWS: rows, ACCUMULATE: 0 } });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const x = device.createBuffer({ label: 'self-test x', size: ROWS_OF_INPUT * COLUMNS * 4, usage });
  const y = device.createBuffer({ label: 'self-test y', size: COLUMNS * 4, usage });
  const params = device.createBuffer({ label: 'self-test params', size: paramsBytes(sum), usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const values = Float32Array.from({ length: ROWS_OF_INPUT * COLUMNS }, (_, index) => ((index * 7) % 11) - 5);
  device.queue.writeBuffer(x, 0, values);
  const packed = new DataView(new ArrayBuffer(paramsBytes(sum)));
  packParams(sum, { rows: ROWS_OF_INPUT, columns: COLUMNS }, packed, 0);
  device.queue.writeBuffer(params, 0, packed.buffer);
  const resources: Record<string, GPUBuffer> = { params, x, y };
  const group = device.createBindGroup({ layout, entries: bindings.map(({ name, binding }) => ({ binding, resource: { buffer: resources[name] } })) });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(Math.ceil(COLUMNS / rows));
  pass.end();
  device.queue.submit([encoder.finish()]);
  const [sums] = await readRanges(device, [{ buffer: y, bytes: COLUMNS * 4 }]);
  for (const buffer of [x, y, params]) buffer.destroy();
  for (let column = 0; column < COLUMNS; column++) {
    let expected = 0;
    for (let row = 0; row < ROWS_OF_INPUT; row++) expected += values[row * COLUMNS + column];
    if (sums[column] !== expected) return `the sum of a column came out as ${sums[column]} instead of ${expected} with ${lanes} lanes`;
  }
  return undefined;
}

/**
 * Tests the profile's reductions. Where subgroups give a wrong result the device is used without them.
 * @returns what is wrong, undefined when the device can be used
 */
export async function selfTest(gpu: Gpu): Promise<string | undefined> {
  try {
    if (gpu.profile === 'software') return await sumColumns(gpu, 1);
    if (gpu.subgroupSize > 1 && (await sumColumns(gpu, Math.min(gpu.subgroupSize, 32)))) gpu.subgroupSize = 0;
    return await sumColumns(gpu, gpu.subgroupSize > 1 ? Math.min(gpu.subgroupSize, 32) : 64);
  } catch (error) {
    return (error as Error).message;
  }
}
