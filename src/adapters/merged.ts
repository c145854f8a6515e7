/** A trained model without an adapter: the base's own tensors, changed, as transformers opens them. */
import { isLora } from '../config/peft';
import { architectureOf } from '../model/architectures';
import type { ModelConfig } from '../model/modelConfig';
import { parameterSpecs } from '../model/parameters';
import { heldTensor, type OutTensor, passedOn, PIECE_VALUES } from '../model/files/outFile';
import type { StoredTensor } from '../model/files/storedTensors';
import { type HostBranch, mergedWeight } from './merge';
import { modulesOf } from './modules';
import { outBranches } from './outBranches';
import type { TrainedModel } from './trainedModel';

/** Names of transformers' classes, by `model_type`: of a classifier and of a language model. */
const CLASSES: Record<string, [string, string?]> = {
  bert: ['BertForSequenceClassification'], roberta: ['RobertaForSequenceClassification'], distilbert: ['DistilBertForSequenceClassification'],
  gpt2: ['GPT2ForSequenceClassification', 'GPT2LMHeadModel'], llama: ['LlamaForSequenceClassification', 'LlamaForCausalLM'],
  qwen2: ['Qwen2ForSequenceClassification', 'Qwen2ForCausalLM'], qwen3: ['Qwen3ForSequenceClassification', 'Qwen3ForCausalLM'],
};

/** Whether what was trained can be written into the weights: not what stands in front of tokens or keys, nor a layer that the architecture has not. */
export const canMerge = ({ trained: { peft } }: Pick<TrainedModel, 'trained'>): boolean => peft !== 'prompt' && peft !== 'prefix' && peft !== 'adapter';

/** Tensors of the merged model; no weight of the base is read before it is asked for. @throws for a method that cannot be merged */
export function mergedTensors(model: TrainedModel): Map<string, OutTensor> {
  const { config, trained, values, base } = model;
  if (!canMerge(model)) throw new Error(`${trained.peft} cannot be merged into the weights: it adds something that the model has no place for; keep the adapter beside its base`);
  const tensors = new Map([...base].map(([name, tensor]): [string, OutTensor] => [name, passedOn(tensor)]));
  for (const { name, of, shape } of parameterSpecs(config, trained)) if (!of.includes('.lora_')) tensors.set(of, heldTensor({ shape, values: values.get(name)! }));
  const { inputsFirst } = modulesOf(config);
  if (isLora(trained.peft)) {
    for (const [module, branch] of outBranches(model)) tensors.set(`${module}.weight`, merging(base.get(`${module}.weight`)!, branch, inputsFirst(module)));
  }
  return tensors;
}

/** W with its branch, a block of rows at a time; a weight that is stored the other way round, whose norms run across all of it, at once. */
function merging(weight: StoredTensor, branch: HostBranch, inputsFirst: boolean): OutTensor {
  const { shape } = weight;
  if (inputsFirst) return { shape, async *pieces() { yield mergedWeight({ shape, values: await weight.read() }, branch, true).values; } };
  const [outputs, inputs] = shape;
  const block = Math.max(1, Math.floor(PIECE_VALUES / inputs));
  return {
    shape,
    async *pieces() {
      for (let row = 0; row < outputs; row += block) {
        const end = Math.min(outputs, row + block);
        const part = { ...branch, b: branch.b.subarray(row * branch.rank, end * branch.rank), magnitude: branch.magnitude?.subarray(row, end) };
        yield mergedWeight({ shape: [end - row, inputs], values: await weight.read(row * inputs, (end - row) * inputs) }, part, false).values;
      }
    },
  };
}

/**
 * config.json of the merged model.
 * @param stored the base's, as parsed
 * @param labels names of the classes; empty for a regression or a language model
 */
export function mergedConfig(config: ModelConfig, stored: Readonly<Record<string, unknown>>, labels: readonly string[]): Record<string, unknown> {
  const writes = config.problem === 'language_model';
  const [classifier, writer] = CLASSES[architectureOf(config).name];
  const { torch_dtype: _, num_labels: __, id2label: ___, label2id: ____, problem_type: _____, ...kept } = stored;
  const common = { ...kept, architectures: [writes ? writer : classifier], dtype: 'float32', tie_word_embeddings: config.tied };
  if (writes) return common;
  const names = Array.from({ length: config.labels }, (_unused, index) => labels[index] ?? `LABEL_${index}`);
  return {
    ...common,
    problem_type: config.problem === 'regression' ? 'regression' : 'single_label_classification',
    id2label: Object.fromEntries(names.map((name, index) => [index, name])),
    label2id: Object.fromEntries(names.map((name, index) => [name, index])),
  };
}
