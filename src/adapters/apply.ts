/**
 * An adapter on its base, as the engine runs it: low-rank branches and prompts stay what they are, in the engine's own parameters; everything else
 * that the file holds (heads, biases, embeddings, branches in places where the engine trains none) goes into the weights, exactly.
 */
import type { HeldCheckpoint } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import { checkpointFor } from '../model/forProblem';
import type { Trained } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import { loraOnto } from './applyLora';
import type { AdapterConfig } from './config';
import { type AdapterFiles, WEIGHTS_FILE } from './files';
import { type AdapterTensors, prefixOf, sortTensors } from './keys';
import { labelsOf, modulesOf } from './modules';
import { isSavedWhole } from './patterns';
import { Unfit } from './unfit';
import { setWhole } from './whole';

export interface Adapted {
  /** For the problem of the adapter, with everything in it that is no parameter of the method. */
  checkpoint: HeldCheckpoint;
  trained: Trained;
  /** Parameters of the method by their saved name. */
  values: Map<string, Float32Array>;
  /** What a person should know, as sentences. */
  notes: string[];
}

/** @throws LoadError with the names and shapes of all that does not fit */
export function applyAdapter(base: HeldCheckpoint, { config, tensors }: AdapterFiles): Adapted {
  const sorted = sortTensors(config, tensors);
  const { problem, labels } = problemOf(base.config, config, sorted);
  const notes = notesOf(config, sorted);
  const unfit = new Unfit();
  const changed: HeldCheckpoint = { config: { ...base.config, problem, labels }, tensors: new Map(base.tensors) };
  const modules = modulesOf(changed.config);
  const tying = { savedWhole: (module: string) => isSavedWhole(config, module), ensured: config.kind === 'lora' && config.ensureTying };
  setWhole(changed, modules, sorted.whole, tying, unfit);
  const made = config.kind === 'lora' ? loraOnto(changed, modules, config, sorted, unfit, notes) : virtualOnto(changed.config, config, sorted, unfit);
  unfit.refuse(WEIGHTS_FILE);
  const { trained, values } = made;
  const checkpoint = checkpointFor(changed, { problem, labels }, trained);
  for (const { name, of } of parameterSpecs(checkpoint.config, trained)) {
    if (values.has(name)) continue;
    const stored = checkpoint.tensors.get(of);
    if (!stored) throw new LoadError(WEIGHTS_FILE, `${of} is neither in the adapter nor in the base model, so there is no head; take the base that the adapter was trained on, with its head, or an adapter with modules_to_save`);
    values.set(name, stored.values);
  }
  return { checkpoint, trained, values, notes };
}

/** What the adapter makes of the model: what its configuration says, else the head that it brings, else what the base is. */
function problemOf(base: ModelConfig, { task }: AdapterConfig, { whole }: AdapterTensors): Pick<ModelConfig, 'problem' | 'labels'> {
  const brought = [...whole].map(([name, { shape }]) => labelsOf(base, name, shape)).find((count) => count !== undefined);
  const writes = task === undefined ? brought === undefined && base.problem === 'language_model' : task === 'CAUSAL_LM';
  if (writes) return { problem: 'language_model', labels: base.labels };
  const labels = brought ?? base.labels;
  return { problem: labels === 1 ? 'regression' : 'classification', labels };
}

function notesOf(config: AdapterConfig, { bare, originals }: AdapterTensors): string[] {
  const notes: string[] = [];
  if (config.unknown.length > 0) notes.push(`adapter_config.json has fields that are not known here and were left out: ${config.unknown.join(', ')}.`);
  if (bare) notes.push(`${WEIGHTS_FILE} has names without "${prefixOf(config)}", as peft's low-level functions write them; they were read, but PeftModel.from_pretrained would load none of them.`);
  if (originals.length > 0) notes.push(`Left out, since modules_to_save stands in for it: ${originals.join(', ')}.`);
  return notes;
}

function virtualOnto(model: ModelConfig, { kind, tokens }: AdapterConfig & { kind: 'prompt' | 'prefix' }, { prompt }: AdapterTensors, unfit: Unfit): Pick<Adapted, 'trained' | 'values'> {
  const wide = kind === 'prompt' ? model.hidden : 2 * model.layers * model.keyValueHeads * model.headSize;
  if (!prompt) unfit.missing('prompt_embeddings', [tokens, wide]);
  else unfit.check(prompt, [tokens, wide]);
  return {
    trained: { peft: kind, rank: 1, alpha: 1, targets: [], virtualTokens: tokens },
    values: new Map(prompt ? [['prompt_encoder.embedding.weight', prompt.values]] : []),
  };
}
