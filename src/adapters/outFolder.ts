/** A trained run as folders: the adapter, or a model without one, with the run beside it. Page and commands write the same. */
import { METRIC_NAMES } from '../config/tasks';
import type { ModelFolder } from '../model/files/modelFolder';
import { heldFile, heldTensor, type OutFile, type OutTensor, tensorsFile } from '../model/files/outFile';
import type { RunRecord } from '../protocol/run';
import { type CardFacts, cardOf } from './card';
import { CONFIG_FILE } from './config';
import { WEIGHTS_FILE } from './files';
import { mergedConfig, mergedTensors } from './merged';
import { hasMethodFile, METHOD_FILE, methodFile } from './methodFile';
import { isInPeft, peftFiles } from './toPeft';
import type { TensorFiles, TrainedModel } from './trainedModel';

export type FolderFacts = Omit<CardFacts, 'form'>;

/** Files that belong to the tokenizer, and go with a merged model. */
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'generation_config.json'];

export const jsonFile = (path: string, value: unknown): OutFile => heldFile(path, `${JSON.stringify(value, null, 2)}\n`);

export const heldTensors = (tensors: TensorFiles): Map<string, OutTensor> => new Map([...tensors].map(([name, tensor]) => [name, heldTensor(tensor)]));

/** One line a step: what the training step measured, and beside it what an evaluation did. */
export function curvesOf({ points, evaluations }: RunRecord): string {
  const cell = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? String(value) : '');
  const at = new Map(points.step.map((step, index) => [step + 1, index]));
  const others = METRIC_NAMES.filter((name) => evaluations.some(({ heldOut }) => heldOut.others?.[name] !== undefined));
  const measured = new Map(evaluations.map((evaluation) => [evaluation.step, evaluation]));
  const lines = [...new Set([...at.keys(), ...measured.keys()])].sort((one, other) => one - other).map((step) => {
    const index = at.get(step);
    const found = measured.get(step);
    const of = (column: keyof RunRecord['points']) => (index === undefined ? undefined : points[column][index]);
    return [step, ...[of('seconds') ?? found?.seconds, of('learningRate'), of('crossEntropy'), of('consistency'), of('gradientNorm'), found?.train.loss, found?.train.metric, found?.heldOut.loss, found?.heldOut.metric, ...others.map((name) => found?.heldOut.others?.[name])].map(cell)].join(',');
  });
  return [`step,seconds,learning_rate,cross_entropy,consistency,gradient_norm,train_loss,train_metric,held_out_loss,held_out_metric${others.map((name) => `,held_out_${name}`).join('')}`, ...lines, ''].join('\n');
}

/** The run itself: what it was, and how its curves went. */
export const recordFiles = (record: RunRecord): OutFile[] => [jsonFile('run.json', record), heldFile('curves.csv', curvesOf(record))];

/** The files that peft opens, or the one of a method that peft lacks. @throws where the method has no adapter */
export function adapterFiles(model: TrainedModel, facts: FolderFacts): OutFile[] {
  if (isInPeft(model)) {
    const { config, tensors } = peftFiles(model, facts.base);
    return [jsonFile(CONFIG_FILE, config), tensorsFile(WEIGHTS_FILE, heldTensors(tensors)), heldFile('README.md', cardOf({ ...facts, form: 'peft' }))];
  }
  if (hasMethodFile(model)) return [heldFile(METHOD_FILE, methodFile(model)), heldFile('README.md', cardOf({ ...facts, form: 'own' }))];
  throw new Error('full fine-tuning has no adapter: it changes the model itself; take the whole model');
}

/**
 * A model without an adapter, as transformers opens it.
 * @param labels names of the classes
 * @param source where the base's configuration and tokenizer lie
 * @throws for a method that cannot be merged
 */
export async function mergedFiles(model: TrainedModel, facts: FolderFacts, labels: readonly string[], source: ModelFolder): Promise<OutFile[]> {
  const tensors = mergedTensors(model);
  const stored = JSON.parse(new TextDecoder().decode(await source.read('config.json'))) as Record<string, unknown>;
  const files = [jsonFile('config.json', mergedConfig(model.config, stored, labels)), tensorsFile('model.safetensors', tensors), heldFile('README.md', cardOf({ ...facts, form: 'merged' }))];
  for (const name of TOKENIZER_FILES) {
    const found = await source.read(name).catch(() => undefined);
    if (found) files.push(heldFile(name, found));
  }
  return files;
}
