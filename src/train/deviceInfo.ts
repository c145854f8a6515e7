/** What the page shows of a device. */
import type { Gpu } from '../gpu/device';
import type { DeviceInfo } from '../protocol/deviceMessages';

const SHOWN_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupStorageSize'] as const;

export function deviceInfo({ device, info, profile, memoryBudget, subgroupSize }: Gpu): DeviceInfo {
  const named = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ');
  return {
    name: named || 'Unnamed adapter',
    vendor: info.vendor,
    architecture: info.architecture,
    profile,
    features: [...device.features, ...(subgroupSize > 0 ? [`subgroup size ${subgroupSize}`] : [])],
    memoryBudget,
    limits: Object.fromEntries(SHOWN_LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}
