/**
 * A run as a file, to go on later: the trained tensors, both moments of the optimizer, and the trained tensors of the best evaluation, in the
 * safetensors format, with the step and the run as the page has it in the header. Masks, the order of rows and the learning rate follow from the step, so that nothing else is needed
 * to go on bit for bit on the same adapter.
 */
import type { Best } from '../config/best';
import { readMetadata, readSafetensors, type TensorFile, writeSafetensors } from '../model/files/safetensors';
import { MOMENTS, type ModelState } from '../model/state';
import { CHECKPOINT_FORMAT } from '../protocol/run';
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
  tensors: Map<string, TensorFile>;
}

const BEST = 'best';
const keyOf = (part: Part | typeof BEST, name: string) => `${part}.${name}`;

/** Makes the file of a run. The tensors are those of this moment of the queue: steps submitted afterwards are not in it. */
export async function saveRun(state: ModelState, weights: BestWeights, { step, seconds, record }: { step: number; seconds: number; record: string }): Promise<Uint8Array<ArrayBuffer>> {
  const { best } = weights;
  const [kept, ...read] = await Promise.all([weights.read(), ...PARTS.map((part) => state.read(part))]);
  const tensors = new Map<string, TensorFile>();
  const put = (part: Part | typeof BEST, all: Map<string, Float32Array>) => {
    for (const [name, values] of all) tensors.set(keyOf(part, name), { shape: [...state.slices.get(name)!.spec.shape], values });
  };
  PARTS.forEach((part, index) => put(part, read[index]));
  if (kept) put(BEST, kept);
  return writeSafetensors(tensors, { format: CHECKPOINT_FORMAT, step: String(step), seconds: String(seconds), ...(best && { best: JSON.stringify(best) }), record });
}

/** What a file says of its best evaluation; undefined where it says nothing, or nothing that can be. */
function readBest(text: string | undefined): Best | undefined {
  if (text === undefined) return undefined;
  const { step, merit, since } = JSON.parse(text) as Best;
  return [step, since].every((count) => Number.isInteger(count) && count >= 0) && Number.isFinite(merit) ? { step, merit, since } : undefined;
}

/** Reads such a file. @throws LoadError for a damaged file, Refusal for another kind of file */
export function readRun(file: Uint8Array): SavedRun {
  const bytes = file.slice().buffer;
  const { format, step, seconds, best } = readMetadata(bytes, 'the checkpoint');
  const refuse = (detail: string) => new Refusal({ code: 'load_failed', file: 'the checkpoint', detail });
  if (format !== CHECKPOINT_FORMAT) throw refuse(`it says that it is "${format ?? 'nothing'}"; open a checkpoint that was saved here`);
  const steps = Number(step);
  if (!Number.isInteger(steps) || steps < 0) throw refuse(`its step is no whole number (${step}); save the run again`);
  let judged: Best | undefined;
  try {
    judged = readBest(best);
  } catch {
    throw refuse('what it says of its best evaluation cannot be read; save the run again');
  }
  return { step: steps, seconds: Number(seconds) || 0, best: judged, tensors: readSafetensors(bytes, 'the checkpoint') };
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
