/** A run from the command line to its files. */
import { startSettings } from '../adapters/goOn';
import type { RunConfig, TaskName } from '../config/config';
import { openLink } from '../config/url';
import { TASKS } from '../data/tasks';
import { holdCheckpoint, loadCheckpoint } from '../model/files/folder';
import type { OutFile } from '../model/files/outFile';
import { parameterSpecs } from '../model/parameters';
import type { Source } from '../sources/source';
import { freshRun } from '../train/checkpoint';
import { headFor } from '../train/head';
import { openAdapter } from './openAdapter';
import { openNamed } from './openModel';
import { createHeadless, type HeadlessRun } from './runner';

export { createHeadless };

export interface TrainRequest {
  weights: 'last' | 'best';
  /** Also the merged model, in merged/. A full fine-tuning is always one. */
  merged: boolean;
  /** What the run begins with; takes the place of the link's method. */
  adapter?: string;
  /** Folder that holds the folders of the built-in models. */
  models: string;
  /** The recipe; empty for the default. */
  link: string;
  /** In place of the link's model, see `openNamed`. */
  model?: string;
  /** In place of the link's data. */
  task?: TaskName;
}

/** An adapter as the start of a run on `source`. @throws with a sentence where a run cannot begin with it */
async function startOf(source: Source, adapter: string, config: RunConfig, models: string) {
  const base = await holdCheckpoint(await loadCheckpoint(source));
  const { adapted, config: adapterConfig } = await openAdapter(base, adapter, { models });
  const { problem, labels } = adapted.checkpoint.config;
  const head = headFor(TASKS[config.data.task]);
  const named = (one: { problem: string; labels: number }) => (one.problem === 'classification' ? `${one.labels} classes` : one.problem.replace('_', ' '));
  if (problem !== head.problem || (problem === 'classification' && labels !== head.labels)) throw new Error(`--adapter ${adapter} is for ${named({ problem, labels })}, and the data are ${named(head)}; choose other data with --data`);
  const settings = startSettings(adapted, base, adapterConfig);
  // LoRA+ is LoRA with another rate for B.
  const peft = settings.peft === 'lora' && config.model.peft === 'loraplus' ? 'loraplus' : settings.peft;
  const specs = parameterSpecs(adapted.checkpoint.config, adapted.trained);
  return { name: adapter.split(/[\\/]/).findLast((part) => part !== '') ?? adapter, settings: { ...settings, peft }, file: freshRun(new Map(specs.map(({ name, shape }) => [name, { shape, values: adapted.values.get(name)! }]))) };
}

/** @throws with a sentence */
export async function trainAndExport(headless: ReturnType<typeof createHeadless>, { models, link, model, task, adapter, weights, merged }: TrainRequest): Promise<{ run: HeadlessRun; files: OutFile[] }> {
  const { config } = openLink(link);
  const source = await openNamed(model ?? config.model.source, '--model', { models });
  const start = adapter === undefined ? undefined : await startOf(source, adapter, { ...config, data: { ...config.data, ...(task && { task }) } }, models);
  const { run, files } = await headless.keep(link, { model: source, task, start, weights });
  if (run.config.model.peft === 'full') return { run, files: await files('merged', weights) };
  const inFolder = (folder: string, written: OutFile[]) => written.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  return { run, files: [...await files('adapter', weights), ...(merged ? inFolder('merged', await files('merged', weights)) : [])] };
}
