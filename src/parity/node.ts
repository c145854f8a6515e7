/** Parity without a page: the same engine under Node, on the `webgpu` package's GPU, and under Deno, on its own. */
import { acquireDevice, type Profile } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { diskSource } from '../sources/disk';
import { adapterName } from '../protocol/browsers';
import { type ParityOptions, runCaseFolder } from './runCase';

/** Prepares a device once; the returned function runs one case folder with it. @param minimal with WebGPU's default limits and no optional feature */
export async function createRunner(gpu: GPU, profile: Profile | undefined, minimal = false) {
  const device = await acquireDevice(gpu, { profile, minimal });
  const pipelines = new Pipelines(device);
  return {
    adapter: adapterName(device.info),
    profile: device.profile,
    /** @param options how frozen matrices are held; left out: as float32 */
    run: (path: string, options?: ParityOptions) => runCaseFolder(device, pipelines, diskSource(path), options),
    close: () => device.device.destroy(),
  };
}
