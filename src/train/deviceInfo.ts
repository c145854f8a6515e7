/** What the page shows of a device. */
import type { Gpu } from '../gpu/device';
import { adapterName } from '../protocol/browsers';
import type { DeviceInfo } from '../protocol/deviceMessages';

const SHOWN_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupStorageSize'] as const;

export function deviceInfo({ device, info, profile, memoryBudget, subgroupSize }: Gpu): DeviceInfo {
  return {
    name: adapterName(info),
    vendor: info.vendor,
    architecture: info.architecture,
    profile,
    features: [...device.features, ...(subgroupSize > 0 ? [`subgroup size ${subgroupSize}`] : [])],
    memoryBudget,
    limits: Object.fromEntries(SHOWN_LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

/** What decides the bits that a kernel computes, apart from its tiles: an adapter of another text may round or add up otherwise. */
export const adapterKey = ({ info, profile, subgroupSize }: Gpu): string => [info.vendor, info.architecture, info.description, profile, subgroupSize].join('/');
