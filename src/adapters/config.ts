/** Reads `adapter_config.json` as peft writes it, of today's and of older versions, and refuses what would be computed wrongly. */
import * as v from 'valibot';
import { LoadError } from '../model/files/loadError';

export const CONFIG_FILE = 'adapter_config.json';

/** Text of a regular expression, or names that match by their end. */
export type Names = string | readonly string[];

interface Common {
  /** What the model is asked: CAUSAL_LM, SEQ_CLS; none where the file does not say. */
  task?: 'CAUSAL_LM' | 'SEQ_CLS';
  modulesToSave: readonly string[];
  /** `base_model_name_or_path`, where the file says it. */
  base?: string;
  /** Fields that are set and not known here, by name. */
  unknown: readonly string[];
}

export interface LoraConfig extends Common {
  kind: 'lora';
  rank: number;
  alpha: number;
  rankPattern: Readonly<Record<string, number>>;
  alphaPattern: Readonly<Record<string, number>>;
  targets: Names;
  excluded?: Names;
  layers?: readonly number[];
  layersPattern?: readonly string[];
  rankStabilised: boolean;
  dora: boolean;
  /** `lora_bias`: B has a bias. */
  branchBias: boolean;
  /** Number of power iterations of a PiSSA that peft computes anew on loading, 'exact' for the full SVD. */
  pissa?: number | 'exact';
  trainableTokens?: readonly number[] | Readonly<Record<string, readonly number[]>>;
  ensureTying: boolean;
}

export interface VirtualConfig extends Common {
  kind: 'prompt' | 'prefix';
  tokens: number;
}

export type AdapterConfig = LoraConfig | VirtualConfig;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const index = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());
const names = v.union([v.string(), texts]);
const flag = v.nullish(v.boolean(), false);
const indices = v.array(index);
const common = {
  peft_type: v.string(),
  task_type: v.nullish(v.string()),
  base_model_name_or_path: v.nullish(v.string()),
  modules_to_save: v.nullish(texts, []),
};
const lora = v.object({
  ...common,
  r: v.nullish(count, 8),
  lora_alpha: v.nullish(v.pipe(v.number(), v.finite()), 8),
  rank_pattern: v.nullish(v.record(v.string(), count), {}),
  alpha_pattern: v.nullish(v.record(v.string(), v.pipe(v.number(), v.finite())), {}),
  target_modules: names,
  exclude_modules: v.nullish(names),
  layers_to_transform: v.nullish(v.union([index, indices])),
  layers_pattern: v.nullish(names),
  bias: v.nullish(v.picklist(['none', 'all', 'lora_only']), 'none'),
  use_rslora: flag,
  use_dora: flag,
  lora_bias: flag,
  init_lora_weights: v.nullish(v.union([v.boolean(), v.string()]), true),
  trainable_token_indices: v.nullish(v.union([indices, v.record(v.string(), indices)])),
  ensure_weight_tying: flag,
});
const virtual = v.object({ ...common, num_virtual_tokens: count, num_transformer_submodules: v.nullish(count, 1) });

/** Fields that say nothing about what the adapter computes: where it comes from, how it was trained or first filled, what another method would need. */
const SAYS_NOTHING = [
  'revision', 'inference_mode', 'auto_mapping', 'peft_version', 'lora_dropout', 'megatron_core', 'qalora_group_size', 'runtime_config', 'loftq_config',
  'eva_config', 'corda_config', 'lora_ga_config', 'velora_config', 'merge_weights', 'fan_in_fan_out', 'prompt_tuning_init', 'prompt_tuning_init_text', 'tokenizer_name_or_path', 'tokenizer_kwargs',
  'encoder_hidden_size', 'prefix_projection', 'num_attention_heads', 'num_layers', 'token_dim',
];
/** Fields that change what is computed in ways that the engine has not. */
const MUST_BE_OFF = [
  'use_qalora', 'use_bdlora', 'alora_invocation_tokens', 'arrow_config', 'kasa_config', 'monteclora_config', 'layer_replication', 'megatron_config', 'target_parameters', 'enable_lora',
];
/** Ways of filling A and B that leave the base as it is; the file's values replace theirs. */
const HARMLESS_STARTS = ['gaussian', 'eva', 'orthogonal', 'mica', 'lora_ga'];

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);

/** @throws LoadError */
export function parseAdapterConfig(text: string): AdapterConfig {
  const refuse = (detail: string) => new LoadError(CONFIG_FILE, detail);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON (${(error as Error).message}); fetch the file again`);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw refuse(`not a JSON object (${text.slice(0, 40)}); choose the folder of an adapter that peft saved`);
  const fields = raw as Record<string, unknown>;
  const kind = typeof fields.peft_type === 'string' ? fields.peft_type.toUpperCase() : undefined;
  if (kind === undefined) throw refuse(`peft_type is missing (${shown(fields.peft_type)}); choose the folder of an adapter that peft saved`);
  if (!['LORA', 'PROMPT_TUNING', 'PREFIX_TUNING'].includes(kind)) throw refuse(`peft_type is not supported (${kind}); choose an adapter of type LORA, PROMPT_TUNING or PREFIX_TUNING, or merge it into its base with merge_and_unload() in Python`);
  const on = MUST_BE_OFF.filter((name) => isSet(fields[name]));
  if (on.length > 0) throw refuse(`${on[0]} is set (${shown(fields[on[0]])}), which changes what the adapter computes and is not supported; choose an adapter without it, or merge it into its base with merge_and_unload() in Python`);
  const schema = kind === 'LORA' ? lora : virtual;
  const known = [...Object.keys(schema.entries), ...SAYS_NOTHING, ...MUST_BE_OFF];
  const unknown = Object.keys(fields).filter((name) => !known.includes(name) && isSet(fields[name]));
  return kind === 'LORA' ? loraOf(read(lora, fields, refuse), unknown, refuse) : virtualOf(kind, read(virtual, fields, refuse), unknown, refuse);
}

function read<S extends v.GenericSchema>(schema: S, fields: Record<string, unknown>, refuse: (detail: string) => Error): v.InferOutput<S> {
  const parsed = v.safeParse(schema, fields);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue) ?? 'a field';
  if (issue.input === undefined) throw refuse(`field ${path} is missing; take the file that peft saved with the adapter`);
  throw refuse(`field ${path} has no usable value (${shown(issue.input)}); take the file that peft saved with the adapter`);
}

type Read = { task_type?: string | null; base_model_name_or_path?: string | null; modules_to_save: readonly string[] };

function commonOf({ task_type: task, base_model_name_or_path: base, modules_to_save }: Read, unknown: readonly string[], refuse: (detail: string) => Error): Common {
  if (task && task !== 'CAUSAL_LM' && task !== 'SEQ_CLS') throw refuse(`task_type is not supported (${task}); choose an adapter of a language model (CAUSAL_LM) or of a classifier (SEQ_CLS)`);
  return { ...(base && { base }), task: (task ?? undefined) as Common['task'], modulesToSave: [...new Set(modules_to_save)], unknown };
}

const listOf = <T>(value: T | readonly T[] | null | undefined): readonly T[] | undefined => {
  if (value === null || value === undefined || value === '') return undefined;
  const list = (Array.isArray(value) ? value : [value]) as readonly T[];
  return list.length > 0 ? list : undefined;
};

function loraOf(fields: v.InferOutput<typeof lora>, unknown: readonly string[], refuse: (detail: string) => Error): LoraConfig {
  const start = fields.init_lora_weights;
  const pissa = typeof start === 'string' ? /^pissa(?:_niter_(\d+))?$/.exec(start) : undefined;
  if (typeof start === 'string' && !pissa && !HARMLESS_STARTS.includes(start.toLowerCase())) {
    throw refuse(`init_lora_weights is "${start}": peft changes the base weights with it when it loads the adapter, in a way that is not computed here; save the adapter converted to plain LoRA (save_pretrained(…, path_initial_model_for_weight_conversion=…)), or merged`);
  }
  if (fields.target_modules.length === 0) throw refuse('target_modules names no module ([]); take the file that peft saved with the adapter');
  if (pissa && fields.use_dora) throw refuse(`init_lora_weights "${start}" together with use_dora is not supported (true); save the adapter merged into its base`);
  return {
    kind: 'lora', ...commonOf(fields, unknown, refuse),
    rank: fields.r, alpha: fields.lora_alpha, rankPattern: fields.rank_pattern, alphaPattern: fields.alpha_pattern,
    targets: fields.target_modules, excluded: fields.exclude_modules ?? undefined,
    layers: listOf(fields.layers_to_transform), layersPattern: listOf(fields.layers_pattern),
    rankStabilised: fields.use_rslora, dora: fields.use_dora, branchBias: fields.lora_bias,
    pissa: pissa ? (pissa[1] === undefined ? 'exact' : Number(pissa[1])) : undefined,
    trainableTokens: fields.trainable_token_indices ?? undefined, ensureTying: fields.ensure_weight_tying,
  };
}

function virtualOf(kind: string, fields: v.InferOutput<typeof virtual>, unknown: readonly string[], refuse: (detail: string) => Error): VirtualConfig {
  if (fields.num_transformer_submodules !== 1) throw refuse(`num_transformer_submodules is ${fields.num_transformer_submodules}, as of a model with encoder and decoder; choose an adapter of a model with one of them`);
  return { kind: kind === 'PROMPT_TUNING' ? 'prompt' : 'prefix', ...commonOf(fields, unknown, refuse), tokens: fields.num_virtual_tokens };
}
