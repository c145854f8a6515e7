/** What the page shows of a device. */
import type { Gpu } from '../gpu/device';
import { adapterName } from '../protocol/browsers';
import { budgetProblem, type DeviceInfo, GIB } from '../protocol/deviceMessages';

const SHOWN_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupStorageSize'] as const;

export function deviceInfo({ device, info, profile, memoryBudget, usualBudget, mostBudget, subgroupSize }: Gpu): DeviceInfo {
  return {
    name: adapterName(info),
    vendor: info.vendor,
    architecture: info.architecture,
    profile,
    features: [...device.features, ...(subgroupSize > 0 ? [`subgroup size ${subgroupSize}`] : [])],
    memoryBudget,
    usualBudget,
    mostBudget,
    limits: Object.fromEntries(SHOWN_LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

/** Lets runs on the device take so many GiB, undefined for the usual. @returns why not, where they may not: then it is the usual */
export function chooseBudget(gpu: Gpu, gib: number | undefined): string | undefined {
  const problem = gib === undefined ? undefined : budgetProblem(gib, deviceInfo(gpu));
  gpu.memoryBudget = gib === undefined || problem !== undefined ? gpu.usualBudget : gib * GIB;
  return problem;
}

/** What decides the bits that a kernel computes, apart from its tiles: an adapter of another text may round or add up otherwise. */
export const adapterKey = ({ info, profile, subgroupSize }: Gpu): string => [info.vendor, info.architecture, info.description, profile, subgroupSize].join('/');
