/** Adapter → device. Knows WebGPU, no machine learning, no DOM. */

/** Which family of kernels runs: barrier-free register tiles for software adapters, workgroup tiles for GPUs. */
export type Profile = 'software' | 'gpu';

export interface Gpu {
  device: GPUDevice;
  info: { vendor: string; architecture: string; description: string; fallback: boolean };
  profile: Profile;
  /** Smallest subgroup the adapter may run, 0 without the feature. */
  subgroupSize: number;
  /** Bytes that all buffers of a run may take together: the usual ones, unless a person says otherwise. */
  memoryBudget: number;
  usualBudget: number;
  /** What it may be raised to. No adapter says how much memory is free; one that has plenty grants large buffers. */
  mostBudget: number;
  /** Tests only: a largest buffer below the device's. */
  lowLimit?: number;
  /** Resolves when the device is lost for a reason other than our own destroy(). */
  lost: Promise<string>;
}

export interface DeviceOptions {
  /** Left out: chosen from the adapter. */
  profile?: Profile;
  /** Request a device with WebGPU's default limits and no optional feature, as the weakest conforming adapter would give. */
  minimal?: boolean;
}

/** Why no device could be had; `code` is a fault code of the protocol. */
export class DeviceError extends Error {
  constructor(readonly code: 'no_webgpu' | 'no_adapter', message: string) {
    super(message);
  }
}

/** Limits that larger plans profit from; each is raised to what the adapter offers. */
const RAISED_LIMITS = ['maxStorageBuffersPerShaderStage', 'maxStorageBufferBindingSize', 'maxBufferSize', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX', 'maxComputeWorkgroupSizeY'] as const;

/** Half of the largest buffer an adapter allows says little about free memory; these are what a page may take without asking. */
const BUDGET: Record<Profile, number> = { software: 1 << 30, gpu: 2 ** 31 };

/** So many of an adapter's largest buffers are the most that a person may say it holds. */
const MOST_BUFFERS = 16;

function isSoftware(info: GPUAdapterInfo): boolean {
  const architecture = info.architecture.toLowerCase();
  return architecture === 'swiftshader' || (info.vendor === 'mesa' && architecture === 'software') || info.isFallbackAdapter === true;
}

/**
 * Requests an adapter and a device.
 * @throws DeviceError where there is no WebGPU or no adapter
 */
export async function acquireDevice(gpu: GPU | undefined, options: DeviceOptions = {}): Promise<Gpu> {
  if (!gpu) throw new DeviceError('no_webgpu', 'device: this browser has no WebGPU; use a current Chrome, Edge, Firefox or Safari');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new DeviceError('no_adapter', 'device: WebGPU found no usable adapter; switch hardware acceleration on, or run `npm start -- --software`');
  const requiredLimits: Record<string, number> = {};
  const requiredFeatures: GPUFeatureName[] = [];
  if (!options.minimal) {
    for (const limit of RAISED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
    for (const feature of ['subgroups', 'timestamp-query'] as GPUFeatureName[]) if (adapter.features.has(feature)) requiredFeatures.push(feature);
  }
  const device = await adapter.requestDevice({ label: 'engine', requiredLimits, requiredFeatures });
  const profile = options.profile ?? (isSoftware(adapter.info) ? 'software' : 'gpu');
  const { vendor, architecture, description } = adapter.info;
  const usualBudget = Math.min(BUDGET[profile], device.limits.maxBufferSize * 4);
  return {
    device,
    info: { vendor, architecture, description, fallback: adapter.info.isFallbackAdapter === true },
    profile,
    subgroupSize: device.features.has('subgroups') ? (adapter.info.subgroupMinSize ?? 0) : 0,
    memoryBudget: usualBudget,
    usualBudget,
    mostBudget: device.limits.maxBufferSize * MOST_BUFFERS,
    lost: device.lost.then((loss) => (loss.reason === 'destroyed' ? new Promise<string>(() => {}) : loss.message || 'unknown reason')),
  };
}

/** Long enough for a loss to be told of after the calls that it broke, in milliseconds. */
const LOSS_MS = 200;

/** Whether the device is lost, or is heard to be within a moment: what a loss breaks may be refused before the loss itself is told. */
export async function isLost(lost: Gpu['lost']): Promise<boolean> {
  return Promise.race([lost.then(() => true), new Promise<boolean>((resolve) => { setTimeout(resolve, LOSS_MS, false); })]);
}

/** Largest buffer that a kernel may be given whole. */
export const largestBuffer = ({ device: { limits }, lowLimit = Infinity }: Pick<Gpu, 'device' | 'lowLimit'>): number => Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize, lowLimit);
