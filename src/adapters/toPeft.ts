/** A trained model as the two files that peft opens. */
import { isLora } from '../config/peft';
import { architectureOf } from '../model/architectures';
import type { ModelConfig } from '../model/modelConfig';
import { PREFIX, PROMPT } from '../model/parameterSpec';
import { parameterSpecs } from '../model/parameters';
import { outBranches } from './outBranches';
import type { TensorFiles, TrainedModel } from './trainedModel';

/** Where the base is, as `base_model_name_or_path` and `revision` say it; null where only whoever trained it knows. */
export interface BaseName {
  name: string | null;
  revision: string | null;
}

export interface PeftFiles {
  /** adapter_config.json */
  config: Record<string, unknown>;
  /** adapter_model.safetensors */
  tensors: TensorFiles;
}

/** Whether peft has the method. */
export const isInPeft = ({ trained: { peft } }: Pick<TrainedModel, 'trained'>): boolean => isLora(peft) || peft === 'prompt' || peft === 'prefix';

const taskOf = ({ problem }: ModelConfig) => (problem === 'language_model' ? 'CAUSAL_LM' : 'SEQ_CLS');

/** Modules that were trained whole. */
const modulesToSave = (config: ModelConfig): string[] | null => (config.problem === 'language_model' ? null : architectureOf(config).trainedHeads);

/** @throws for a method that peft lacks */
export function peftFiles(model: TrainedModel, base: BaseName): PeftFiles {
  const { config, trained } = model;
  if (!isInPeft(model)) throw new Error(`peft has no method ${trained.peft}; write it with methodFile, or merged`);
  const common = {
    auto_mapping: null, base_model_name_or_path: base.name, revision: base.revision, inference_mode: true, task_type: taskOf(config), modules_to_save: modulesToSave(config),
  };
  return isLora(trained.peft) ? loraFiles(model, common) : virtualFiles(model, common);
}

/** The head's tensors, under the name that peft gives a module that it saves whole. */
function headTensors({ config, trained, values }: TrainedModel): TensorFiles {
  const heads = parameterSpecs(config, trained).filter(({ of }) => architectureOf(config).trainedHeads.some((module) => of.startsWith(`${module}.`)));
  return new Map(heads.map(({ name, shape }) => [name.replace('.modules_to_save', ''), { shape, values: values.get(name)! }]));
}

function loraFiles(model: TrainedModel, common: Record<string, unknown>): PeftFiles {
  const { config, trained } = model;
  const branches = outBranches(model);
  const stabilised = trained.peft === 'rslora' && !trained.branches;
  const alphaOf = ({ rank, scale }: { rank: number; scale: number }) => scale * (stabilised ? Math.sqrt(rank) : rank);
  const [first] = branches.values();
  if (!first) throw new Error('the run has no low-rank branch; choose at least one target');
  const r = trained.branches || trained.peft === 'pissa' ? first.rank : trained.rank;
  // As the configuration has it, without the rounding of going through the scale.
  const alpha = trained.branches ? alphaOf(first) : trained.peft === 'pissa' ? 2 * trained.alpha : trained.alpha;
  const near = (one: number, other: number) => Math.abs(one - other) <= 1e-12 * Math.abs(other);
  const tensors: TensorFiles = new Map();
  const rankPattern: Record<string, number> = {};
  const alphaPattern: Record<string, number> = {};
  for (const [module, branch] of branches) {
    const { a, b, rank, magnitude } = branch;
    const at = `base_model.model.${module}`;
    tensors.set(`${at}.lora_A.weight`, { shape: [rank, a.length / rank], values: a }).set(`${at}.lora_B.weight`, { shape: [b.length / rank, rank], values: b });
    if (magnitude) tensors.set(`${at}.lora_magnitude_vector`, { shape: [magnitude.length], values: magnitude });
    if (rank !== r) rankPattern[module] = rank;
    if (!near(alphaOf(branch), alpha)) alphaPattern[module] = alphaOf(branch);
  }
  for (const [name, tensor] of headTensors(model)) tensors.set(name, tensor);
  return {
    tensors,
    config: {
      peft_type: 'LORA', ...common, r, lora_alpha: alpha, lora_dropout: 0, target_modules: [...branches.keys()], rank_pattern: rankPattern, alpha_pattern: alphaPattern, bias: 'none',
      fan_in_fan_out: architectureOf(config).name === 'gpt2', use_rslora: stabilised, use_dora: trained.peft === 'dora', init_lora_weights: true,
      layers_to_transform: null, layers_pattern: null,
    },
  };
}

function virtualFiles(model: TrainedModel, common: Record<string, unknown>): PeftFiles {
  const { config, trained, values } = model;
  const [{ name, shape }] = parameterSpecs(config, trained).filter(({ of }) => of === PROMPT || of === PREFIX);
  const prompt = trained.peft === 'prompt';
  const sizes = prompt
    ? { token_dim: config.hidden, num_attention_heads: config.heads, prompt_tuning_init: 'RANDOM', prompt_tuning_init_text: null, tokenizer_name_or_path: null }
    // Of grouped keys and values, peft counts these.
    : { token_dim: config.keyValueHeads * config.headSize, num_attention_heads: config.keyValueHeads, encoder_hidden_size: config.hidden, prefix_projection: false };
  return {
    tensors: new Map([['prompt_embeddings', { shape, values: values.get(name)! }], ...headTensors(model)]),
    config: { peft_type: prompt ? 'PROMPT_TUNING' : 'PREFIX_TUNING', ...common, num_virtual_tokens: shape[0], num_layers: config.layers, num_transformer_submodules: 1, ...sizes },
  };
}
