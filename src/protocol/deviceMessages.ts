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

/** Answered by `pong` at once, however busy the GPU is: whoever does not answer is gone. */
export type DeviceCommand = { type: 'ping' };

export type DeviceEvent =
  | { type: 'ready'; device: DeviceInfo }
  | { type: 'pong' };
