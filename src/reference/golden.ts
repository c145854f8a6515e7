/** Reads a golden case's folder and measures how far a result is from it, with the norms of the golden cases' own comparison. */
import { type HeldCheckpoint, holdCheckpoint, loadCheckpoint, type ModelFolder } from '../model/files/folder';
import { subfolder } from '../model/files/modelFolder';
import { readSafetensors, type TensorFile } from '../model/files/safetensors';
import type { CaseFile, StepResult } from './case';

export interface GoldenCase {
  file: CaseFile;
  checkpoint: HeldCheckpoint;
  init: Map<string, TensorFile>;
  expected: Outcome;
}

/** The steps and tensors of a run, in whatever precision. */
export interface Outcome {
  perStep: StepResult[];
  tensors: Map<string, { shape: number[]; values: ArrayLike<number> }>;
}

/** @param folder with `case.json`, `init.safetensors`, `expected.*` and `model/`. Throws LoadError. */
export async function readGoldenCase(folder: ModelFolder): Promise<GoldenCase> {
  const json = async (name: string) => JSON.parse(new TextDecoder().decode(await folder.read(name)));
  const tensors = async (name: string) => readSafetensors(await folder.read(name), name);
  return {
    file: await json('case.json'),
    checkpoint: await holdCheckpoint(await loadCheckpoint(subfolder(folder, 'model'))),
    init: await tensors('init.safetensors'),
    expected: { perStep: await json('expected.json'), tensors: await tensors('expected.safetensors') },
  };
}

export interface Distances {
  loss: number;
  grad_norm: number;
  logits: number;
  grad: number;
  final: number;
  eval: number;
}

/** The limits of the golden cases' own comparison; float32 arithmetic lands 30 to 1000 times below them. */
export const LIMITS: Distances = { loss: 1e-4, grad_norm: 1e-3, logits: 1e-4, grad: 1e-3, final: 2e-3, eval: 1e-3 };

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  const far = norm(Array.from(a, (value, i) => value - b[i]));
  return Number.isFinite(far) ? far : Infinity;
}

/** Logits of a language model, (B,T,V), without those of padded tokens, which mean nothing: zero on both sides. */
function atRealTokens({ shape, values }: { shape: number[]; values: ArrayLike<number> }, mask: number[][]): ArrayLike<number> {
  const [, tokens, vocabulary] = shape;
  if (tokens !== mask[0].length) throw new Error(`comparison: logits for ${tokens} tokens, the batch has ${mask[0].length}`);
  const real = mask.flat();
  return Array.from(values, (value, i) => (real[Math.floor(i / vocabulary)] ? value : 0));
}

/**
 * The largest relative distance of each kind.
 * @param mask the attention mask of the first batch, [B][T]; only logits of a language model need it
 * @throws Error where a step or a tensor is missing or has another shape
 */
export function compareOutcomes(expected: Outcome, actual: Outcome, mask?: number[][]): Distances {
  if (expected.perStep.length !== actual.perStep.length) throw new Error(`comparison: ${actual.perStep.length} steps, expected ${expected.perStep.length}`);
  const worst: Distances = { loss: 0, grad_norm: 0, logits: 0, grad: 0, final: 0, eval: 0 };
  const see = (kind: keyof Distances, error: number) => { if (!(error <= worst[kind])) worst[kind] = error; };
  expected.perStep.forEach((want, i) => {
    const got = actual.perStep[i];
    for (const field of ['ce', 'consistency', 'loss'] as const) see('loss', Math.abs(want[field] - got[field]) / Math.max(Math.abs(want[field]), 1e-2));
    if (Math.abs(want.lr - got.lr) / Math.max(want.lr, 1e-9) > 1e-5) see('loss', Infinity);
    see('grad_norm', Math.abs(want.grad_norm - got.grad_norm) / want.grad_norm);
  });
  const gradients = [...expected.tensors].filter(([name]) => name.startsWith('step0.grad.'));
  const total = norm(gradients.map(([, tensor]) => norm(tensor.values)));
  // Adam turns the rounding noise of a gradient that is zero in exact arithmetic (a key's bias, say) into whole steps.
  const silent = new Set(gradients.filter(([, tensor]) => norm(tensor.values) < 1e-5 * total).map(([name]) => name.replace('step0.grad.', 'final.')));
  for (const [name, want] of expected.tensors) {
    const got = actual.tensors.get(name);
    if (!got) throw new Error(`comparison: no tensor ${name}`);
    if (String(got.shape) !== String(want.shape)) throw new Error(`comparison: ${name} has shape [${got.shape}], expected [${want.shape}]`);
    const perToken = name.includes('logits') && want.shape.length === 3;
    if (perToken && !mask) throw new Error(`comparison: ${name} has logits per token; give the attention mask`);
    const [wanted, found] = [want, got].map((tensor) => (perToken ? atRealTokens(tensor, mask!) : tensor.values));
    const far = distance(wanted, found);
    const length = norm(wanted);
    if (name.startsWith('step0.grad.')) see('grad', far / Math.max(length, 1e-3 * total));
    else if (name.startsWith('step0.')) see('logits', far / Math.max(length, 1e-6));
    else if (name.startsWith('final.') && !silent.has(name)) see('final', far / Math.max(length, 1e-6));
    else if (name.startsWith('eval.')) see('eval', far / Math.max(length, 1e-6));
  }
  return worst;
}
