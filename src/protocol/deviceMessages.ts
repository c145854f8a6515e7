/** What the engine runs on. */
import { digits } from './format';

export interface DeviceInfo {
  /** What the adapter calls itself, for people. */
  name: string;
  vendor: string;
  architecture: string;
  profile: 'software' | 'gpu';
  features: string[];
  /** Bytes a run may take. */
  memoryBudget: number;
  /** Bytes it may take where nobody said otherwise. */
  usualBudget: number;
  /** Bytes that a person may let it take at most. */
  mostBudget: number;
  limits: Record<string, number>;
}

export const GIB = 2 ** 30;

/** With less, not even the smallest model trains. */
const LEAST_BUDGET = GIB / 16;

/** Why a run may not be let take so many GiB; undefined where it may. */
export function budgetProblem(gib: number, { mostBudget, limits }: Pick<DeviceInfo, 'mostBudget' | 'limits'>): string | undefined {
  if (!(gib * GIB >= LEAST_BUDGET)) return `${digits(gib, 4)} GiB hold no run; choose ${digits(LEAST_BUDGET / GIB)} GiB or more`;
  if (gib * GIB <= mostBudget) return undefined;
  return `${digits(gib, 4)} GiB are more than this adapter can hold: its largest buffer is ${digits(limits.maxBufferSize / GIB)} GiB, and ${Math.round(mostBudget / limits.maxBufferSize)} of these are the most; choose up to ${digits(mostBudget / GIB)} GiB`;
}

export type DeviceCommand =
  /** Answered by `pong` at once, however busy the GPU is: whoever does not answer is gone. */
  | { type: 'ping' }
  /** Lets runs take so much memory from the next plan on; null: the usual. */
  | { type: 'budget'; gib: number | null };

export type DeviceEvent =
  | { type: 'ready'; device: DeviceInfo }
  | { type: 'pong' }
  /** @param problem why the budget stays the usual one */
  | { type: 'budgeted'; device: DeviceInfo; problem?: string };
