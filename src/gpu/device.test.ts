import { describe, expect, it } from 'vitest';
import { acquireDevice, isLost } from './device';

/** An adapter that says what it is asked for. */
function fakeGpu(info: Partial<GPUAdapterInfo>, features: string[] = []) {
  const asked: GPUDeviceDescriptor[] = [];
  const adapter = {
    info: { vendor: '', architecture: '', description: '', isFallbackAdapter: false, subgroupMinSize: 16, ...info },
    features: new Set(features),
    limits: new Proxy({}, { get: () => 4096 }),
    async requestDevice(descriptor: GPUDeviceDescriptor) {
      asked.push(descriptor);
      return { features: new Set(descriptor.requiredFeatures), limits: { maxBufferSize: 2 ** 28 }, lost: new Promise(() => {}) };
    },
  };
  return { gpu: { requestAdapter: async () => adapter } as unknown as GPU, asked };
}

describe('acquiring a device', () => {
  it('says what is missing', async () => {
    await expect(acquireDevice(undefined)).rejects.toMatchObject({ code: 'no_webgpu', message: expect.stringMatching(/no WebGPU; use a current Chrome/) });
    await expect(acquireDevice({ requestAdapter: async () => null } as unknown as GPU)).rejects.toMatchObject({ code: 'no_adapter', message: expect.stringMatching(/no usable adapter; switch hardware acceleration on/) });
  });

  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, 'software'], [{ vendor: 'Google', architecture: 'SwiftShader' }, 'software'], [{ vendor: 'mesa', architecture: 'software' }, 'software'],
    [{ isFallbackAdapter: true }, 'software'], [{ vendor: 'nvidia', architecture: 'hopper' }, 'gpu'], [{ vendor: 'mesa', architecture: 'rdna-3' }, 'gpu'], [{}, 'gpu'],
  ])('%j runs the %s profile, unless told otherwise', async (info, profile) => {
    expect((await acquireDevice(fakeGpu(info).gpu)).profile).toBe(profile);
    expect((await acquireDevice(fakeGpu(info).gpu, { profile: 'gpu' })).profile).toBe('gpu');
  });

  it('raises limits and asks for the features there are; a minimal device asks for nothing', async () => {
    const rich = fakeGpu({}, ['subgroups', 'shader-f16']);
    const gpu = await acquireDevice(rich.gpu);
    expect(rich.asked[0].requiredFeatures).toEqual(['subgroups']);
    expect(Object.keys(rich.asked[0].requiredLimits!).length).toBeGreaterThan(4);
    expect(gpu.subgroupSize).toBe(16);
    const plain = await acquireDevice(rich.gpu, { minimal: true });
    expect(rich.asked[1]).toMatchObject({ requiredFeatures: [], requiredLimits: {} });
    expect(plain.subgroupSize).toBe(0);
  });

  it('never plans for more memory than a few of the largest buffers', async () => {
    expect(await acquireDevice(fakeGpu({}).gpu)).toMatchObject({ memoryBudget: 2 ** 30, usualBudget: 2 ** 30, mostBudget: 2 ** 32 });
  });
});

it('hears of a loss that is told a moment after what it broke', async () => {
  expect(await isLost(Promise.resolve('gone'))).toBe(true);
  expect(await isLost(new Promise((resolve) => { setTimeout(resolve, 20, 'gone'); }))).toBe(true);
  expect(await isLost(new Promise(() => {}))).toBe(false);
});
