/** LoRA, rsLoRA, DoRA and PiSSA as peft saves them, onto a model. */
import { architectureOf } from '../model/architectures';
import type { HeldCheckpoint } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import type { Branch, Trained } from '../model/method';
import { principalFactors, transposed } from '../model/pissa';
import { CONFIG_FILE, type LoraConfig } from './config';
import type { AdapterTensors, BranchTensors } from './keys';
import { type HostBranch, mergedWeight } from './merge';
import type { ModelModules } from './modules';
import { branchOf, targetedModules } from './patterns';
import type { Unfit } from './unfit';
import { untie } from './whole';

interface Made {
  trained: Trained;
  values: Map<string, Float32Array>;
}

const PREFIX = 'base_model.model.';

/**
 * @param checkpoint changed: what has no parameter in the engine goes into its weights
 * @param notes added to
 */
export function loraOnto(checkpoint: HeldCheckpoint, modules: ModelModules, config: LoraConfig, sorted: AdapterTensors, unfit: Unfit, notes: string[]): Made {
  const targeted = targetedModules(config, modules.linear, modules.others);
  setTokenRows(checkpoint, config, sorted, unfit);
  for (const module of targeted) if (!sorted.branches.has(module)) unfit.missing(`${PREFIX}${module}.lora_A.weight`);
  const branches = new Map<string, Branch>();
  const values = new Map<string, Float32Array>();
  const merged: string[] = [];
  for (const [module, tensors] of sorted.branches) {
    const found = targeted.includes(module) ? hostBranch(module, tensors, config, modules, unfit) : undefined;
    if (!targeted.includes(module)) for (const tensor of Object.values(tensors)) unfit.unknown(tensor);
    if (!found) continue;
    if (config.pissa !== undefined) subtractPrincipal(checkpoint, modules, module, found);
    if (tensors['lora_B.bias']) addBias(checkpoint, module, found, tensors['lora_B.bias'].values);
    if (modules.targets.has(module)) {
      branches.set(module, { rank: found.rank, scale: found.scale });
      values.set(`${PREFIX}${module}.lora_A.weight`, found.a).set(`${PREFIX}${module}.lora_B.weight`, found.b);
      if (found.magnitude) values.set(`${PREFIX}${module}.lora_magnitude_vector.weight`, found.magnitude);
    } else {
      mergeInto(checkpoint, modules, module, found);
      merged.push(module);
    }
  }
  if (merged.length > 0) notes.push(`The engine has no branch in ${merged.join(', ')}: what the adapter does there was added to the weights, and stays as it is in further training.`);
  if (typeof config.pissa === 'number') notes.push('init_lora_weights draws a randomised SVD anew at each loading (pissa_niter); the exact one was taken, of which peft\'s own is an approximation.');
  return { trained: { peft: config.dora ? 'dora' : 'lora', rank: config.rank, alpha: config.alpha, targets: [], branches }, values };
}

/** A branch whose tensors fit; undefined where they do not, which is noted. */
function hostBranch(module: string, tensors: BranchTensors, config: LoraConfig, { shapes, inputsFirst, others }: ModelModules, unfit: Unfit): HostBranch | undefined {
  const stored = shapes.get(`${module}.weight`)!;
  const [outputs, inputs] = inputsFirst(module) ? [stored[1], stored[0]] : stored;
  const { rank, scale } = branchOf(config, module);
  const isEmbedding = inputsFirst(module) && others.includes(module);
  const { lora_A: linearA, lora_B: linearB, lora_embedding_A: tableA, lora_embedding_B: tableB, lora_magnitude_vector: magnitude, 'lora_B.bias': bias } = tensors;
  const [a, b, wrongA, wrongB] = isEmbedding ? [tableA, tableB, linearA, linearB] : [linearA, linearB, tableA, tableB];
  const names = isEmbedding ? ['lora_embedding_A', 'lora_embedding_B'] : ['lora_A.weight', 'lora_B.weight'];
  for (const tensor of [wrongA, wrongB, ...(config.branchBias ? [] : [bias]), ...(config.dora ? [] : [magnitude])]) if (tensor) unfit.unknown(tensor);
  if (!a) unfit.missing(`${PREFIX}${module}.${names[0]}`, [rank, inputs]);
  if (!b) unfit.missing(`${PREFIX}${module}.${names[1]}`, [outputs, rank]);
  if (config.dora && !magnitude) unfit.missing(`${PREFIX}${module}.lora_magnitude_vector`, [outputs]);
  if (config.branchBias && !bias) unfit.missing(`${PREFIX}${module}.lora_B.bias`, [outputs]);
  // Every one is looked at, so that all are listed.
  const fits = [a && unfit.check(a, [rank, inputs]), b && unfit.check(b, [outputs, rank]), !magnitude || magnitude.shape.join() === `1,${outputs}` || unfit.check(magnitude, [outputs]), !bias || unfit.check(bias, [outputs])];
  if (!a || !b || fits.includes(false)) return undefined;
  if (isEmbedding && magnitude) throw new LoadError(CONFIG_FILE, `use_dora on the embedding ${module} is not supported (true); merge the adapter into its base with merge_and_unload() in Python`);
  return { a: a.values, b: b.values, rank, scale, magnitude: magnitude?.values };
}

/** Adds a branch to the weight that it stands beside; a tied head and the token embedding part company first, as they do in peft. */
function mergeInto(checkpoint: HeldCheckpoint, { inputsFirst }: ModelModules, module: string, branch: HostBranch): void {
  const { tie } = architectureOf(checkpoint.config);
  const name = `${module}.weight`;
  if (name === tie.embedding || name === tie.head) untie(checkpoint);
  checkpoint.tensors.set(name, mergedWeight(weightOf(checkpoint, name), branch, inputsFirst(module)));
}

function weightOf({ tensors }: HeldCheckpoint, name: string) {
  const weight = tensors.get(name);
  if (!weight) throw new LoadError('model.safetensors', `${name} is missing, and the adapter has a branch beside it; take the base that the adapter was trained on`);
  return weight;
}

/** What PiSSA leaves of the base: W − s·BA of its leading singular vectors. */
function subtractPrincipal(checkpoint: HeldCheckpoint, { inputsFirst }: ModelModules, module: string, { rank, scale }: HostBranch): void {
  const weight = weightOf(checkpoint, `${module}.weight`);
  const turned = inputsFirst(module);
  const [outputs, inputs] = turned ? [weight.shape[1], weight.shape[0]] : weight.shape;
  const { a, b } = principalFactors(turned ? transposed(weight.values, inputs, outputs) : weight.values, outputs, inputs, rank, scale);
  checkpoint.tensors.set(`${module}.weight`, mergedWeight(weight, { a, b, rank, scale: -scale }, turned));
}

/** The bias of B (`lora_bias`), which is one of the layer itself times the branch's scale. */
function addBias(checkpoint: HeldCheckpoint, module: string, { scale, magnitude }: HostBranch, bias: Float32Array): void {
  const stored = checkpoint.tensors.get(`${module}.bias`);
  if (!stored) throw new LoadError(CONFIG_FILE, `lora_bias is set (true), and ${module} has no bias that could take it up; merge the adapter into its base with merge_and_unload() in Python`);
  if (magnitude) throw new LoadError(CONFIG_FILE, 'lora_bias together with use_dora is not supported (true); merge the adapter into its base with merge_and_unload() in Python');
  checkpoint.tensors.set(`${module}.bias`, { shape: stored.shape, values: stored.values.map((value, output) => value + scale * bias[output]) });
}

/** New rows of embeddings; where head and embedding are one tensor they change both. */
function setTokenRows(checkpoint: HeldCheckpoint, { trainableTokens }: LoraConfig, { tokenRows }: AdapterTensors, unfit: Unfit): void {
  const { embedding } = architectureOf(checkpoint.config).tie;
  for (const [module, rows] of tokenRows) {
    const name = `${module}.weight`;
    const table = checkpoint.tensors.get(name);
    const indices = isList(trainableTokens) ? (name === embedding ? trainableTokens : undefined) : Object.entries(trainableTokens ?? {}).find(([key]) => module === key || module.endsWith(`.${key}`))?.[1];
    if (!table || !indices) {
      unfit.unknown(rows);
      continue;
    }
    const [count, width] = table.shape;
    const outside = indices.find((index) => index >= count);
    if (outside !== undefined) throw new LoadError(CONFIG_FILE, `trainable_token_indices names token ${outside}, and ${name} has ${count} rows; take the base that the adapter was trained on`);
    if (!unfit.check(rows, [indices.length, width])) continue;
    const values = table.values.slice();
    indices.forEach((index, row) => values.set(rows.values.subarray(row * width, (row + 1) * width), index * width));
    checkpoint.tensors.set(name, { shape: table.shape, values });
  }
}

const isList = (value: LoraConfig['trainableTokens']): value is readonly number[] => Array.isArray(value);
