/** What each tensor of an adapter's file is, from its name. */
import type { TensorFile } from '../model/files/safetensors';
import type { AdapterConfig } from './config';

/** A tensor with its name in the file, which is what a person can look up. */
export interface Named extends TensorFile {
  key: string;
}

/** Parts of a low-rank branch, by what peft calls them. */
export const BRANCH_PARTS = ['lora_A', 'lora_B', 'lora_B.bias', 'lora_magnitude_vector', 'lora_embedding_A', 'lora_embedding_B'] as const;
export type BranchPart = (typeof BRANCH_PARTS)[number];
export type BranchTensors = Partial<Record<BranchPart, Named>>;

export interface AdapterTensors {
  /** By module. */
  branches: Map<string, BranchTensors>;
  /** Tensors of the model itself, by transformers' name. */
  whole: Map<string, Named>;
  /** New rows of an embedding (`trainable_token_indices`), by module. */
  tokenRows: Map<string, Named>;
  prompt?: Named;
  /** The base's own tensors that a module trained whole stands in for; peft saves some with `bias: all`, and does not use them. */
  originals: string[];
  /** Whether no name has peft's prefix, as its low-level functions write. */
  bare: boolean;
}

/** peft's name of its wrapper in front of the model's own names. */
export const prefixOf = ({ kind }: Pick<AdapterConfig, 'kind'>): string => (kind === 'lora' ? 'base_model.model.' : 'base_model.');

const BRANCH = /^(.+)\.(lora_A|lora_B|lora_magnitude_vector|lora_embedding_A|lora_embedding_B)(?:\.([^.]+))??(?:\.(weight|bias))?$/;

/** Sorts the tensors of a file. Whether they fit a model is for whoever knows the model. */
export function sortTensors(config: AdapterConfig, tensors: ReadonlyMap<string, TensorFile>): AdapterTensors {
  const sorted: AdapterTensors = { branches: new Map(), whole: new Map(), tokenRows: new Map(), originals: [], bare: false };
  const prefix = prefixOf(config);
  const names = [...tensors.keys()].filter((name) => name !== 'prompt_embeddings');
  sorted.bare = names.length > 0 && names.every((name) => !name.startsWith('base_model.'));
  for (const [key, tensor] of tensors) {
    const named: Named = { ...tensor, key };
    if (key === 'prompt_embeddings' && config.kind !== 'lora') {
      sorted.prompt = named;
      continue;
    }
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
    if (/\.original_module\./.test(name)) {
      sorted.originals.push(key);
      continue;
    }
    const branch = config.kind === 'lora' ? BRANCH.exec(name) : null;
    if (branch) {
      const part = (branch[4] === 'bias' ? `${branch[2]}.bias` : branch[2]) as BranchPart;
      sorted.branches.set(branch[1], { ...sorted.branches.get(branch[1]), [part]: named });
      continue;
    }
    const rows = /^(.+)\.token_adapter\.trainable_tokens_delta(?:\.[^.]+)?$/.exec(name);
    if (rows) sorted.tokenRows.set(rows[1], named);
    else sorted.whole.set(name.replace(/\.base_layer(?=\.[^.]+$)/, '').replace(/\.modules_to_save(?:\.default)?(?=\.)/, ''), named);
  }
  return sorted;
}
