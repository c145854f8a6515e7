/** A run that was trained without a page as files: adapter, merged model, record and curves. */
import { cardOf, type CardFacts } from '../adapters/card';
import { canMerge, mergedConfig, mergedTensors } from '../adapters/merged';
import { hasMethodFile, METHOD_FILE, methodFile } from '../adapters/methodFile';
import { CONFIG_FILE } from '../adapters/config';
import { WEIGHTS_FILE } from '../adapters/files';
import { isInPeft, peftFiles } from '../adapters/toPeft';
import type { TrainedModel } from '../adapters/trainedModel';
import { isCommit, shortName } from '../config/sources';
import { TASKS } from '../data/tasks';
import { loadCheckpoint } from '../model/files/folder';
import { writeSafetensors } from '../model/files/safetensors';
import { intoMemory } from '../model/files/storedTensors';
import { checkpointFor } from '../model/forProblem';
import { initialValues } from '../model/initialValues';
import { parameterSpecs } from '../model/parameters';
import type { RunRecord } from '../protocol/run';
import type { Source } from '../sources/source';
import { readRun } from '../train/checkpoint';
import { headFor } from '../train/head';
import { methodOf } from '../train/method';
import type { KeptRun } from './runner';

export type OutFiles = Map<string, Uint8Array | string>;

/** Files that belong to the tokenizer, and go with a merged model. */
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'generation_config.json'];

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** One line a step: what the training step measured, and beside it what an evaluation did. */
export function curvesOf({ points, evaluations }: RunRecord): string {
  const cell = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? String(value) : '');
  const steps = [...new Set([...points.step.map((step) => step + 1), ...evaluations.map(({ step }) => step)])].sort((one, other) => one - other);
  const lines = steps.map((step) => {
    const at = points.step.indexOf(step - 1);
    const found = evaluations.find((evaluation) => evaluation.step === step);
    const of = (column: keyof RunRecord['points']) => (at < 0 ? undefined : points[column][at]);
    return [step, ...[of('seconds') ?? found?.seconds, of('learningRate'), of('crossEntropy'), of('consistency'), of('gradientNorm'), found?.train.loss, found?.train.metric, found?.heldOut.loss, found?.heldOut.metric].map(cell)].join(',');
  });
  return ['step,seconds,learning_rate,cross_entropy,consistency,gradient_norm,train_loss,train_metric,held_out_loss,held_out_metric', ...lines, ''].join('\n');
}

/** The trained model of a run. @param weights of the last step, or of the best evaluation */
async function trainedModel({ record, file }: KeptRun, source: Source, weights: 'last' | 'best'): Promise<{ model: TrainedModel; step: number }> {
  const { config } = record;
  const saved = readRun(file);
  const trained = methodOf(config);
  const stored = await loadCheckpoint(source);
  const { config: modelConfig, tensors } = checkpointFor(stored, headFor(TASKS[config.data.task]), trained);
  const specs = parameterSpecs(modelConfig, trained);
  const part = weights === 'best' ? 'best' : 'values';
  const values = new Map(specs.map(({ name }) => {
    const found = saved.tensors.get(`${part}.${name}`);
    if (!found) throw new Error(`the run has no ${part}.${name}${weights === 'best' ? ', as it was never evaluated; take the weights of the last step' : ''}`);
    return [name, found.values];
  }));
  const start = trained.peft === 'pissa' ? await initialValues(modelConfig, trained, specs, tensors, config.seed) : undefined;
  return { model: { config: modelConfig, trained, values, start, base: await intoMemory(tensors) }, step: weights === 'best' ? (saved.best?.step ?? saved.step) : saved.step };
}

export interface ExportOptions {
  weights: 'last' | 'best';
  /** Also the merged model, in merged/. A full fine-tuning is always one. */
  merged: boolean;
  /** The adapter that the run began with, as a person called it. */
  adapter?: string;
}

/** @throws where the method cannot be merged and that is asked */
export async function exportRun(kept: KeptRun, source: Source, { weights, merged, adapter }: ExportOptions): Promise<OutFiles> {
  const { record } = kept;
  const { model, step } = await trainedModel(kept, source, weights);
  const { reference } = source;
  const base = reference.kind === 'hub' ? { name: reference.id, revision: isCommit(reference.revision) ? reference.revision : null } : { name: null, revision: null };
  const task = TASKS[record.config.data.task];
  const facts: Omit<CardFacts, 'form'> = {
    record, step, base, start: adapter?.split(/[\\/]/).findLast((part) => part !== ''), baseText: reference.kind === 'builtin' ? `${reference.name}, which comes with the playground` : shortName(reference),
    data: `${task.title}, ${record.config.data.rows} training rows, ${record.config.data.noise} of the labels wrong`, writes: model.config.problem === 'language_model', labels: model.config.labels,
  };
  const files: OutFiles = new Map<string, Uint8Array | string>([['run.json', json(record)], ['curves.csv', curvesOf(record)]]);
  if (isInPeft(model)) {
    const { config, tensors } = peftFiles(model, base);
    files.set(CONFIG_FILE, json(config)).set(WEIGHTS_FILE, writeSafetensors(tensors)).set('README.md', cardOf({ ...facts, form: 'peft' }));
  } else if (hasMethodFile(model)) files.set(METHOD_FILE, methodFile(model)).set('README.md', cardOf({ ...facts, form: 'own' }));
  const whole = model.trained.peft === 'full';
  if (!merged && !whole) return files;
  if (!canMerge(model)) throw new Error(`${model.trained.peft} cannot be merged into the weights: it adds something that the model has no place for; leave out --merged`);
  const at = whole ? '' : 'merged/';
  const stored = JSON.parse(new TextDecoder().decode(await source.read('config.json'))) as Record<string, unknown>;
  files.set(`${at}config.json`, json(mergedConfig(model.config, stored, task.labels))).set(`${at}model.safetensors`, writeSafetensors(mergedTensors(model))).set(`${at}README.md`, cardOf({ ...facts, form: 'merged' }));
  for (const name of TOKENIZER_FILES) {
    const found = await source.read(name).catch(() => undefined);
    if (found) files.set(`${at}${name}`, found);
  }
  return files;
}
