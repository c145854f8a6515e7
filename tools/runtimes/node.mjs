// The engine in this process, on the GPU of the `webgpu` package (Dawn, the implementation of Chromium).
import { closeAtEnd, Refusal } from '../command.mjs';
import { driverEnvironments, noDriver } from './drivers.mjs';
import { loadModule } from './vite.mjs';

/**
 * Dawn's threads and the process must not end together. So every device that is ever asked for is noted here, and at the end destroyed, which
 * waits for the pipelines under way; one that is still on its way is waited for first.
 */
function destroyDevicesAtEnd(gpu) {
  const devices = [];
  const { requestAdapter } = gpu;
  gpu.requestAdapter = async (...options) => {
    const adapter = await requestAdapter.apply(gpu, options);
    if (!adapter) return adapter;
    const { requestDevice } = adapter;
    adapter.requestDevice = (...descriptor) => {
      const device = requestDevice.apply(adapter, descriptor);
      devices.push(device);
      return device;
    };
    return adapter;
  };
  closeAtEnd(async () => {
    for (const pending of devices) {
      const device = await pending.catch(() => undefined);
      device?.destroy();
      await device?.lost;
    }
  });
}

async function openGpu(adapter) {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  for (const environment of await driverEnvironments(adapter)) {
    Object.assign(process.env, environment);
    const gpu = create([]);
    if (await gpu.requestAdapter()) return gpu;
  }
  throw new Refusal(noDriver('the `webgpu` package'));
}

/** Loads a TypeScript module with a GPU beside it. @param {'any' | 'software'} [adapter] */
export async function openNode(modulePath, adapter = 'any') {
  globalThis.gpu = await openGpu(adapter); // held here: a collected instance takes its devices down with it
  destroyDevicesAtEnd(globalThis.gpu);
  return { module: await loadModule(modulePath), gpu: globalThis.gpu, version: `Node ${process.versions.node}` };
}
