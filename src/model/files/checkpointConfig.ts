/** Reads `config.json` of a Hugging Face checkpoint into what the engine needs, and refuses what it would compute wrongly. */
import * as v from 'valibot';
import { ARCHITECTURES, architectureOf } from '../architectures';
import type { ConfigFields } from '../architectures/description';
import { type ModelConfig, paddingRow, type Problem } from '../modelConfig';
import { LoadError } from './loadError';

/** Longest token sequence that has positions. */
export function longestSequence(config: ModelConfig): number {
  return config.positions - architectureOf(config).firstPosition(config);
}

/** Only the fields that every architecture has; each architecture reads its own. */
const common = v.object({
  num_labels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  id2label: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  problem_type: v.optional(v.nullable(v.string())),
  architectures: v.optional(v.nullable(v.array(v.string()))),
});

/**
 * Most of each size, well above any model there is: a configuration that says more is damaged or made up, and would have the page plan
 * until its memory is gone.
 */
const MOST = { vocabulary: 2 ** 22, hidden: 2 ** 16, layers: 1000, heads: 2 ** 12, keyValueHeads: 2 ** 12, headSize: 2 ** 14, inner: 2 ** 18, positions: 2 ** 26, types: 2 ** 16 };
const WORDS: Record<keyof typeof MOST, string> = {
  vocabulary: 'tokens', hidden: 'channels', layers: 'layers', heads: 'heads', keyValueHeads: 'key and value heads', headSize: 'channels a head', inner: 'channels in its feed-forward block', positions: 'positions', types: 'token types',
};
const MOST_LABELS = 2 ** 16;

/** Longest file that is parsed: no model has one of more than some kilobytes, but thousands of labels take their room. */
const LONGEST = 10_000_000;

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1;

/**
 * @param text content of `config.json`
 * @param file how the file is called in an error
 * @throws LoadError for anything the engine does not compute exactly
 */
export function parseCheckpointConfig(text: string, file = 'config.json'): ModelConfig {
  const refuse = (detail: string) => new LoadError(file, detail);
  if (text.length > LONGEST) throw refuse(`has ${text.length} characters, more than any configuration (${LONGEST}); check what was chosen`);
  if (text.startsWith('version https://git-lfs')) throw refuse('is only git’s pointer to the file, not the file itself; run `git lfs pull` in the folder it came from');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON (${(error as Error).message}); fetch the file again`);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw refuse(`not a JSON object (${text.slice(0, 40)}); choose the folder of a checkpoint`);
  const values = raw as Record<string, unknown>;
  const architecture = ARCHITECTURES.find(({ name }) => name === values.model_type);
  if (!architecture) throw refuse(`model_type is not supported (${String(values.model_type)}); choose a checkpoint of type ${ARCHITECTURES.map(({ name }) => name).join(', ')}`);
  const sizes = architecture.parse(readFields(values, refuse));
  const parsed = v.safeParse(common, values);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw refuse(`field ${v.getDotPath(issue) ?? 'a field'} has no usable value (${JSON.stringify(issue.input)}); save the checkpoint again`);
  }
  for (const [name, most] of Object.entries(MOST) as [keyof typeof MOST, number][]) {
    if (sizes[name] > most) throw refuse(`a model of ${sizes[name]} ${WORDS[name]} is beyond any there is (${most} at most); take config.json from the model itself`);
  }
  if (!Number.isInteger(sizes.headSize)) {
    throw refuse(`hidden_size ${sizes.hidden} cannot be shared among the heads (${sizes.heads}); choose a checkpoint whose width is a multiple of its heads`);
  }
  if (sizes.heads % sizes.keyValueHeads !== 0) throw refuse(`num_attention_heads ${sizes.heads} is no multiple of num_key_value_heads (${sizes.keyValueHeads}); save the checkpoint again`);
  if (sizes.ropeTheta > 0 && sizes.headSize % 2 !== 0) throw refuse(`head_dim is odd (${sizes.headSize}), which rotary positions cannot pair; choose another checkpoint`);
  const row = paddingRow(sizes.padId, sizes.vocabulary);
  if (architecture.padded && row !== undefined && !(row >= 0 && row < sizes.vocabulary)) throw refuse(`pad_token_id is outside the vocabulary (${sizes.padId} of ${sizes.vocabulary}); save the checkpoint again`);
  const config: ModelConfig = { architecture: architecture.name, ...sizes, ...headOf(parsed.output, refuse) };
  if (longestSequence(config) < 1) throw refuse(`max_position_embeddings leaves no position after the padding id (${sizes.positions} with padding ${sizes.padId}); save the checkpoint again`);
  return config;
}

/** What the head of the file computes. transformers counts id2label, and takes two labels where neither field is there. */
function headOf({ num_labels, id2label, problem_type, architectures }: v.InferOutput<typeof common>, refuse: (detail: string) => Error): { labels: number; problem: Problem } {
  const labels = num_labels ?? (id2label ? Object.keys(id2label).length : 2);
  if (labels > MOST_LABELS) throw refuse(`${labels} labels are beyond any model there is (${MOST_LABELS} at most); take config.json from the model itself`);
  if (labels < 1) throw refuse(`id2label names no label (${labels}); save the checkpoint again`);
  if (architectures?.some((name) => /ForCausalLM$|LMHeadModel$/.test(name))) return { labels, problem: 'language_model' };
  const problem = problem_type ?? undefined;
  if (problem !== undefined && problem !== 'regression' && problem !== 'single_label_classification') {
    throw refuse(`problem_type is not supported (${problem}); choose single_label_classification or regression`);
  }
  const regression = problem === 'regression' || (problem === undefined && labels === 1);
  if (regression !== (labels === 1)) throw refuse(`problem_type ${problem} does not fit the number of labels (${labels}); a regression has one, a classification at least two`);
  return { labels, problem: regression ? 'regression' : 'classification' };
}

function readFields(values: Record<string, unknown>, refuse: (detail: string) => Error): ConfigFields {
  const given = (name: string) => values[name] !== undefined && values[name] !== null;
  const unusable = (name: string, value = values[name]) => refuse(`field ${name} has no usable value (${JSON.stringify(value)}); save the checkpoint again`);
  const size = (name: string) => {
    if (values[name] === undefined) throw refuse(`field ${name} is missing; choose the folder of a complete checkpoint`);
    if (!isSize(values[name])) throw unusable(name);
    return values[name];
  };
  const number = (name: string, otherwise: number) => {
    const value = given(name) ? values[name] : otherwise;
    if (typeof value !== 'number' || !(value >= 0) || value === Infinity) throw unusable(name);
    return value;
  };
  return {
    size,
    sizeOr: (name, otherwise) => (given(name) ? size(name) : otherwise),
    number,
    text: (name, otherwise) => (given(name) ? String(values[name]) : otherwise),
    flag(name, otherwise = false) {
      // Not null either, which transformers refuses for every flag.
      const value = values[name] === undefined ? otherwise : values[name];
      if (typeof value !== 'boolean') throw unusable(name);
      return value;
    },
    texts: (name) => (Array.isArray(values[name]) ? values[name].map(String) : []),
    padId: (otherwise) => {
      const value = values.pad_token_id === undefined ? otherwise : values.pad_token_id ?? undefined;
      if (value !== undefined && !Number.isInteger(value)) throw unusable('pad_token_id');
      return value as number | undefined;
    },
    ropeTheta: () => {
      // Version 5 of transformers moved the base into rope_parameters; before, scaling had a field of its own. A file may have both.
      const plain = 'choose a checkpoint with plain rotary positions';
      const parametersOf = (name: string) => {
        const parameters = (given(name) ? values[name] : {}) as { rope_theta?: unknown; rope_type?: unknown; type?: unknown };
        if (typeof parameters !== 'object' || Array.isArray(parameters)) throw unusable(name);
        const parts = Object.entries(parameters).filter(([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value));
        if (parts.length > 0) throw refuse(`${name} differs from layer to layer (${parts.map(([kind]) => kind).join(', ')}); ${plain}`);
        const kind = parameters.rope_type ?? parameters.type ?? 'default';
        if (kind !== 'default') throw refuse(`rope_type is not supported (${String(kind)}); ${plain}`);
        return parameters;
      };
      const scaling = parametersOf('rope_scaling');
      const theta = parametersOf('rope_parameters').rope_theta ?? scaling.rope_theta ?? values.rope_theta ?? 10000;
      if (typeof theta !== 'number' || !(theta > 0) || theta === Infinity) throw unusable('rope_theta', theta);
      return theta;
    },
    refuse,
  };
}
