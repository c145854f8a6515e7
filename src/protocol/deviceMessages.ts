/** What the engine runs on. */

export interface DeviceInfo {
  /** What the adapter calls itself, for people. */
  name: string;
  vendor: string;
  architecture: string;
  profile: 'software' | 'gpu';
  features: string[];
  /** Bytes a plan may take. */
  memoryBudget: number;
  limits: Record<string, number>;
}

export type DeviceEvent =
  | { type: 'ready'; device: DeviceInfo };
