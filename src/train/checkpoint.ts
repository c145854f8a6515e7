/**
 * A run as a file, to go on later: the trained tensors, both moments of the optimizer, and the trained tensors of the best evaluation, in the
 * safetensors format, with the step and the run as the page has it in the header. Masks, the order of rows and the learning rate follow from the step, so that nothing else is needed
 * to go on bit for bit on the same adapter.
 */
import type { Best } from '../config/best';
import type { Tile } from '../graph/emitter';
import { readMetadata, readSafetensors, type TensorFile, writeSafetensors } from '../model/files/safetensors';
import { MOMENTS, type ModelState } from '../model/state';
import { CHECKPOINT_FORMAT } from '../protocol/run';
import { CANDIDATES } from './autotune';
import type { BestWeights } from './bestWeights';
import { Refusal } from './refusal';

const PARTS = ['values', ...MOMENTS] as const;
type Part = (typeof PARTS)[number];

export interface SavedRun {
  /** Optimizer steps that are in it. */
  step: number;
  /** Seconds that these took. */
  seconds: number;
  /** The best evaluation so far, whose trained tensors are in it too; older files have none. */
  best?: Best;
  /** What it was computed with; older files do not say. */
  kernels?: Kernels;
  tensors: Map<string, TensorFile>;
}

const BEST = 'best';
const keyOf = (part: Part | typeof BEST, name: string) => `${part}.${name}`;

/** Which kernels a run multiplies with: the adapter they were measured on, and the tile of each size of product. Other ones add up in another order. */
export interface Kernels {
  adapter: string;
  tiles: [size: string, tile: Tile][];
}

export interface RunFacts {
  step: number;
  seconds: number;
  /** What the page knows of the run, as JSON. */
  record: string;
  kernels?: Kernels;
  /** The best evaluation and its trained tensors. */
  best?: { found: Best; kept: ReadonlyMap<string, Float32Array> };
}

/** Tensors of one moment, which become a file. */
export interface Reading {
  file(facts: RunFacts): Uint8Array<ArrayBuffer>;
}

/** Reads the trained tensors and the moments. They are those of this moment of the queue: steps submitted afterwards are not in it. */
export async function beginRead(state: ModelState): Promise<Reading> {
  const read = await Promise.all(PARTS.map((part) => state.read(part)));
  return {
    file({ step, seconds, record, kernels, best }) {
      const tensors = new Map<string, TensorFile>();
      const put = (part: Part | typeof BEST, all: ReadonlyMap<string, Float32Array>) => {
        for (const [name, values] of all) tensors.set(keyOf(part, name), { shape: [...state.slices.get(name)!.spec.shape], values });
      };
      PARTS.forEach((part, index) => put(part, read[index]));
      if (best) put(BEST, best.kept);
      return writeSafetensors(tensors, {
        format: CHECKPOINT_FORMAT, step: String(step), seconds: String(seconds), ...(best && { best: JSON.stringify(best.found) }), ...(kernels && { kernels: JSON.stringify(kernels) }), record,
      });
    },
  };
}

/** Makes the file of a run as it is now. */
export async function saveRun(state: ModelState, weights: BestWeights, facts: Omit<RunFacts, 'best'>): Promise<Uint8Array<ArrayBuffer>> {
  const { best: found } = weights;
  const [kept, reading] = await Promise.all([weights.read(), beginRead(state)]);
  return reading.file({ ...facts, ...(found && kept && { best: { found, kept } }) });
}

/** What a file says of its best evaluation; undefined where it says nothing, or nothing that can be. */
function readBest(text: string | undefined): Best | undefined {
  if (text === undefined) return undefined;
  const { step, merit, since } = JSON.parse(text) as Best;
  return [step, since].every((count) => Number.isInteger(count) && count >= 0) && Number.isFinite(merit) ? { step, merit, since } : undefined;
}

/** What a file says of its kernels; undefined where that is nothing, or no choice that can be made. */
function readKernels(text: string | undefined): Kernels | undefined {
  if (text === undefined) return undefined;
  const { adapter, tiles } = JSON.parse(text) as Partial<Kernels>;
  const isTile = (entry: unknown): boolean => Array.isArray(entry) && typeof entry[0] === 'string' && CANDIDATES.some((one) => JSON.stringify(one) === JSON.stringify(entry[1]));
  return typeof adapter === 'string' && Array.isArray(tiles) && tiles.every(isTile) ? { adapter, tiles } : undefined;
}

/** Reads such a file. @throws LoadError for a damaged file, Refusal for another kind of file */
export function readRun(file: Uint8Array): SavedRun {
  const bytes = file.slice().buffer;
  const { format, step, seconds, best, kernels } = readMetadata(bytes, 'the checkpoint');
  const refuse = (detail: string) => new Refusal({ code: 'load_failed', file: 'the checkpoint', detail });
  if (format !== CHECKPOINT_FORMAT) throw refuse(`it says that it is "${format ?? 'nothing'}"; open a checkpoint that was saved here`);
  const steps = Number(step);
  if (!Number.isInteger(steps) || steps < 0) throw refuse(`its step is no whole number (${step}); save the run again`);
  const said = <T>(read: (text: string | undefined) => T, text: string | undefined, what: string): T => {
    try {
      return read(text);
    } catch {
      throw refuse(`what it says of its ${what} cannot be read; save the run again`);
    }
  };
  return { step: steps, seconds: Number(seconds) || 0, best: said(readBest, best, 'best evaluation'), kernels: said(readKernels, kernels, 'kernels'), tensors: readSafetensors(bytes, 'the checkpoint') };
}

/** Sets the trained tensors, the moments and the best weights. @throws Refusal where the file belongs to another model or method */
export function restoreRun(state: ModelState, weights: BestWeights, { tensors, best }: SavedRun): void {
  const valuesOf = (part: Part | typeof BEST) => new Map([...state.slices.values()].map(({ spec }) => {
    const found = tensors.get(keyOf(part, spec.name));
    if (!found || found.shape.join() !== spec.shape.join()) {
      throw new Refusal({ code: 'load_failed', file: 'the checkpoint', detail: `${keyOf(part, spec.name)} is ${found ? `[${found.shape}]` : 'missing'}, this run has [${spec.shape}]; go on with the settings it was saved with` });
    }
    return [spec.name, found.values] as const;
  }));
  for (const part of PARTS) state.restore(part, valuesOf(part));
  if (best) weights.restore(best, valuesOf(BEST));
}
