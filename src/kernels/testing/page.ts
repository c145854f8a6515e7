/** The devices of a test page: one with everything the adapter offers and one with default limits and no feature, each made once. */
import { acquireDevice, type Gpu, type Profile } from '../../gpu/device';
import { Pipelines } from '../../gpu/pipelines';
import type { Tile } from '../../graph/emitter';
import { watchForEmptyCommands } from './emptyCommands';

/** How the dispatches of a check are launched. */
export interface Launch {
  profile?: Profile;
  /** Lanes that share a row, in every reducing kernel; left out: as the profile chooses. */
  lanes?: number;
  /** Workgroups of a reduction along one axis; left out: as many as WebGPU allows. */
  mostGroups?: number;
  /** Extent of a matrix product's workgroup. */
  tile?: Tile;
  /** Bytes of the largest buffer that a kernel may be given, below the device's limit. */
  largestBuffer?: number;
  /** On a device requested with default limits and no optional feature. */
  minimal?: boolean;
}

export interface Page {
  gpu: Gpu;
  pipelines: Pipelines;
  /** What WebGPU complained about since this was last called, and writes and copies of no bytes. */
  complaints(): string[];
}

const pages = new Map<boolean, Promise<Page>>();

/** The page's device for `launch`; the profile is a property of the plan, both share a device. */
export async function pageFor(launch: Launch = {}): Promise<Page> {
  const minimal = launch.minimal ?? false;
  if (!pages.has(minimal)) pages.set(minimal, open(minimal));
  const page = await pages.get(minimal)!;
  return { ...page, gpu: { ...page.gpu, profile: launch.profile ?? 'software', lowLimit: launch.largestBuffer } };
}

async function open(minimal: boolean): Promise<Page> {
  const gpu = await acquireDevice(navigator.gpu, { minimal });
  const complaints: string[] = [];
  gpu.device.addEventListener('uncapturederror', ({ error }) => complaints.push(error.message));
  watchForEmptyCommands(gpu.device, (sentence) => complaints.push(sentence));
  return { gpu, pipelines: new Pipelines(gpu), complaints: () => complaints.splice(0) };
}

/**
 * Every form of a reduction: none, subgroup shuffles (where the adapter has them), workgroup memory; grids that are folded, with workgroups
 * beyond the last row; then what the gpu profile chooses, and the weakest device.
 */
export const ROW_LAUNCHES: Launch[] = [{ lanes: 1 }, { lanes: 2 }, { lanes: 4 }, { lanes: 8 }, { lanes: 64 }, { lanes: 4, mostGroups: 2 }, { lanes: 64, mostGroups: 2 }, { profile: 'gpu' }, { profile: 'gpu', minimal: true }];

/** For kernels with one workgroup size in every profile. */
export const PLAIN_LAUNCHES: Launch[] = [{}, { minimal: true }];

export function launchName({ profile = 'software', lanes, mostGroups, tile, largestBuffer, minimal }: Launch): string {
  const parts = [profile, lanes && `${lanes} lanes`, mostGroups && `folded at ${mostGroups}`, tile && `tile ${Object.values(tile).join('×')}`, largestBuffer && `blocks of ${largestBuffer} bytes`, minimal && 'default limits'];
  return parts.filter(Boolean).join(', ');
}
