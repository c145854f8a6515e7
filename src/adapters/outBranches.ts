/** The low-rank branches of a trained model as peft has them: one for a module, beside the whole of its weight. */
import { architectureOf } from '../model/architectures';
import { branchScale } from '../model/method';
import type { ParameterSpec } from '../model/parameterSpec';
import { parameterSpecs } from '../model/parameters';
import type { HostBranch } from './merge';
import type { TrainedModel } from './trainedModel';

const partOf = (spec: ParameterSpec) => /^(.+)\.(lora_A|lora_B|lora_magnitude_vector)$/.exec(spec.of);

/** One under the other: (r,K) and (s,K) → (r+s,K). */
function stackedRows(parts: readonly Float32Array[]): Float32Array {
  const stacked = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    stacked.set(part, at);
    at += part.length;
  }
  return stacked;
}

/** Side by side, each from its own row of the result on: (N,r) → (outputs, Σr), zeros elsewhere. */
function placedColumns(parts: readonly { b: Float32Array; rank: number; row: number }[], outputs: number): Float32Array {
  const ranks = parts.reduce((sum, { rank }) => sum + rank, 0);
  const placed = new Float32Array(outputs * ranks);
  let column = 0;
  for (const { b, rank, row } of parts) {
    for (let output = 0; output < b.length / rank; output++) placed.set(b.subarray(output * rank, (output + 1) * rank), (row + output) * ranks + column);
    column += rank;
  }
  return placed;
}

/**
 * Branches by module. What peft has no name for is put into what it has: slices of GPT-2's fused layer side by side into one branch of it; PiSSA,
 * whose base is W − s·B₀A₀, into a branch of twice the rank on the base as it is, s·(BA − B₀A₀).
 */
export function outBranches(model: TrainedModel): Map<string, HostBranch> {
  const { config, trained, values, start } = model;
  const found = new Map<string, HostBranch>();
  for (const spec of parameterSpecs(config, trained)) {
    const part = partOf(spec);
    if (!part) continue;
    const [, module, name] = part;
    const before = found.get(module) ?? { a: new Float32Array(0), b: new Float32Array(0), rank: 0, scale: branchScale(trained, module) };
    const value = values.get(spec.name)!;
    if (name === 'lora_A') found.set(module, { ...before, a: value, rank: spec.shape[0] });
    else if (name === 'lora_B') found.set(module, { ...before, b: value });
    else found.set(module, { ...before, magnitude: value });
  }
  if (trained.peft === 'pissa') for (const [module, branch] of found) found.set(module, withoutStart(module, branch, start));
  return fused(model, found);
}

function withoutStart(module: string, { a, b, rank, scale }: HostBranch, start: TrainedModel['start']): HostBranch {
  const [a0, b0] = ['A', 'B'].map((part) => start?.get(`base_model.model.${module}.lora_${part}.weight`));
  if (!a0 || !b0) throw new Error(`PiSSA: what ${module} started from is not at hand, and its base depends on it; export from the run itself`);
  return { a: stackedRows([a, a0]), b: placedColumns([{ b, rank, row: 0 }, { b: b0.map((value) => -value), rank, row: 0 }], b.length / rank), rank: 2 * rank, scale };
}

/** GPT-2's `c_attn.q`, `.k` and `.v` as parts of `c_attn`. */
function fused({ config }: TrainedModel, found: Map<string, HostBranch>): Map<string, HostBranch> {
  if (architectureOf(config).name !== 'gpt2') return found;
  const modules = new Map<string, HostBranch>();
  for (const [module, branch] of found) {
    const slice = /^(.+\.c_attn)(?:\.([qkv]))?$/.exec(module);
    if (!slice) {
      modules.set(module, branch);
      continue;
    }
    const [, whole, part] = slice;
    const row = part ? 'qkv'.indexOf(part) * config.hidden : 0;
    const before = modules.get(whole);
    if (!part && !before) {
      modules.set(whole, branch);
      continue;
    }
    // Each has its own scale; the sum has one.
    const scale = before?.scale ?? branch.scale;
    const scaled = branch.scale === scale ? branch.b : branch.b.map((value) => (value * branch.scale) / scale);
    const parts = [...(before ? [{ b: before.b, rank: before.rank, row: 0 }] : []), { b: scaled, rank: branch.rank, row }];
    modules.set(whole, { a: stackedRows([...(before ? [before.a] : []), branch.a]), b: placedColumns(parts, 3 * config.hidden), rank: branch.rank + (before?.rank ?? 0), scale });
  }
  return modules;
}
