/** The real device: what it was given, the pipelines it makes, and the way home from it. */
import { describe, expect, it } from 'vitest';
import { pageFor } from '../kernels/testing/page';
import { acquireDevice } from './device';
import { Pipelines } from './pipelines';
import { ReadbackRing, readRanges } from './readback';
import { shader } from './shader';

const doubling = shader('doubling', `
// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 1;
const FACTOR: f32 = 2.0;
struct Params { elements: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(local_invocation_index) invocation: u32) {
  let local = reduce_local(invocation);
  let sum = reduce_sum(y[local.x] * FACTOR, local.y, local.x);
  if (local.x < params.elements) { y[local.x] = sum; }
}
`);

describe('devices', () => {
  it('this adapter is the software adapter, and the profile follows', async () => {
    const gpu = await acquireDevice(navigator.gpu);
    expect(gpu.profile).toBe('software');
    gpu.device.destroy();
  });

  it('the minimal device really has the default limits and no feature', async () => {
    const { gpu } = await pageFor({ minimal: true });
    expect(gpu.subgroupSize).toBe(0);
    expect(gpu.device.features.has('subgroups')).toBe(false);
    expect(gpu.device.limits.maxStorageBuffersPerShaderStage).toBe(8);
    expect(gpu.device.limits.maxComputeInvocationsPerWorkgroup).toBe(256);
    expect(gpu.device.limits.maxComputeWorkgroupStorageSize).toBe(16384);
  });
});

describe('pipelines', () => {
  it('are made once for the same text and entry', async () => {
    const { gpu } = await pageFor();
    const pipelines = new Pipelines(gpu);
    const get = (constants: Record<string, number>) => pipelines.get({ shader: doubling, entry: 'forward', constants });
    expect(get({ LANES: 2 })).toBe(get({ LANES: 2 }));
    expect(get({ LANES: 2 })).not.toBe(get({ LANES: 4 }));
    expect(pipelines.size).toBe(2);
    // The same text said in another way: order, and values that stand in the text anyway.
    expect(await get({ ROWS: 1, LANES: 2, FACTOR: 2 })).toBe(await get({ LANES: 2 }));
    expect(pipelines.size).toBe(2);
    expect(() => get({ LANES: 2, TILE: 5 })).toThrow('doubling: no constant TILE is set by the host; it has LANES, ROWS, FACTOR');
  });

  it.each([1, 2, 8])('reduce over %d lanes', async (lanes) => {
    const { gpu, pipelines, complaints } = await pageFor();
    const { device } = gpu;
    const { pipeline, layout, bindings } = await pipelines.get({ shader: doubling, entry: 'forward', constants: { LANES: lanes, ROWS: 1, FACTOR: 3 } });
    const params = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    const y = device.createBuffer({ size: 32, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(params, 0, Uint32Array.of(lanes, 0, 0, 0));
    device.queue.writeBuffer(y, 0, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const group = device.createBindGroup({ layout, entries: bindings.map(({ name, binding }) => ({ binding, resource: { buffer: name === 'params' ? params : y } })) });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const [values] = await readRanges(device, [{ buffer: y, bytes: 32 }]);
    const total = 3 * ((lanes * (lanes + 1)) / 2);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((value, i) => (i < lanes ? total : value)));
    expect(complaints()).toEqual([]);
  });
});

describe('the way home', () => {
  const filled = async (values: number[]) => {
    const { gpu: { device } } = await pageFor();
    const buffer = device.createBuffer({ size: values.length * 4, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, Float32Array.from(values));
    return { device, buffer };
  };

  it('reads ranges of several buffers', async () => {
    const { device, buffer: one } = await filled([1, 2, 3, 4]);
    const { buffer: two } = await filled([5, 6]);
    const read = await readRanges(device, [{ buffer: one, offset: 8, bytes: 8 }, { buffer: two, bytes: 8 }, { buffer: one, bytes: 4 }]);
    expect(read.map((values) => [...values])).toEqual([[3, 4], [5, 6], [1]]);
    expect(await readRanges(device, [])).toEqual([]);
  });

  it('copies nothing for an empty range', async () => {
    const { device, buffer } = await filled([1, 2]);
    const { complaints } = await pageFor();
    expect((await readRanges(device, [{ buffer, bytes: 0 }, { buffer, offset: 4, bytes: 4 }])).map((values) => [...values])).toEqual([[], [2]]);
    expect(complaints()).toEqual([]);
  });

  it('sees writes, copies and clearings of no bytes, which some implementations do not survive', async () => {
    const { device, buffer } = await filled([1, 2]);
    const { complaints } = await pageFor();
    device.queue.writeBuffer(buffer, 0, new Float32Array(0));
    device.queue.writeBuffer(buffer, 4, Float32Array.of(3, 4), 1);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 4, buffer, 0, 0);
    encoder.clearBuffer(buffer, 8);
    device.queue.submit([encoder.finish()]);
    expect(complaints()).toEqual([expect.stringContaining('a write of 0 bytes'), expect.stringContaining('a copy of 0 bytes'), expect.stringContaining('cleared over 0 bytes')]);
    expect((await readRanges(device, [{ buffer, bytes: 8 }])).map((values) => [...values])).toEqual([[1, 4]]);
  });

  it('lends staging buffers in turn, and none while all are in flight', async () => {
    const { device, buffer } = await filled([7, 8]);
    const ring = new ReadbackRing(device, 'ring', 8, 2);
    const [first, second] = [ring.take()!, ring.take()!];
    expect(ring.take()).toBeUndefined();
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, first, 0, 8);
    device.queue.submit([encoder.finish()]);
    expect([...new Float32Array(await ring.read(first))]).toEqual([7, 8]);
    expect(ring.take()).toBe(first);
    expect(second).not.toBe(first);
    ring.destroy();
  });
});
