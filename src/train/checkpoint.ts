/**
 * A run as a file, to go on later: the trained tensors and both moments of the optimizer, in the safetensors format, with the step and the
 * run as the page has it in the header. Masks, the order of rows and the learning rate follow from the step, so that nothing else is needed
 * to go on bit for bit on the same adapter.
 */
import { readMetadata, readSafetensors, type TensorFile, writeSafetensors } from '../model/files/safetensors';
import { MOMENTS, type ModelState } from '../model/state';
import { CHECKPOINT_FORMAT } from '../protocol/run';
import { Refusal } from './refusal';

const PARTS = ['values', ...MOMENTS] as const;
type Part = (typeof PARTS)[number];

export interface SavedRun {
  /** Optimizer steps that are in it. */
  step: number;
  /** Seconds that these took. */
  seconds: number;
  tensors: Map<string, TensorFile>;
}

const keyOf = (part: Part, name: string) => `${part}.${name}`;

/** Makes the file of a run. The tensors are those of this moment of the queue: steps submitted afterwards are not in it. */
export async function saveRun(state: ModelState, step: number, seconds: number, record: string): Promise<Uint8Array<ArrayBuffer>> {
  const read = await Promise.all(PARTS.map((part) => state.read(part)));
  const tensors = new Map<string, TensorFile>();
  PARTS.forEach((part, index) => {
    for (const [name, values] of read[index]) tensors.set(keyOf(part, name), { shape: [...state.slices.get(name)!.spec.shape], values });
  });
  return writeSafetensors(tensors, { format: CHECKPOINT_FORMAT, step: String(step), seconds: String(seconds), record });
}

/** Reads such a file. @throws LoadError for a damaged file, Refusal for another kind of file */
export function readRun(file: Uint8Array): SavedRun {
  const bytes = file.slice().buffer;
  const { format, step, seconds } = readMetadata(bytes, 'the checkpoint');
  const refuse = (detail: string) => new Refusal({ code: 'load_failed', file: 'the checkpoint', detail });
  if (format !== CHECKPOINT_FORMAT) throw refuse(`it says that it is "${format ?? 'nothing'}"; open a checkpoint that was saved here`);
  const steps = Number(step);
  if (!Number.isInteger(steps) || steps < 0) throw refuse(`its step is no whole number (${step}); save the run again`);
  return { step: steps, seconds: Number(seconds) || 0, tensors: readSafetensors(bytes, 'the checkpoint') };
}

/** Sets the trained tensors and the moments of `state`. @throws Refusal where the file belongs to another model or method */
export function restoreRun(state: ModelState, { tensors }: SavedRun): void {
  for (const part of PARTS) {
    const values = new Map<string, Float32Array>();
    for (const { spec } of state.slices.values()) {
      const found = tensors.get(keyOf(part, spec.name));
      if (!found || found.shape.join() !== spec.shape.join()) {
        throw new Refusal({ code: 'load_failed', file: 'the checkpoint', detail: `${keyOf(part, spec.name)} is ${found ? `[${found.shape}]` : 'missing'}, this run has [${spec.shape}]; go on with the settings it was saved with` });
      }
      values.set(spec.name, found.values);
    }
    state.restore(part, values);
  }
}
