/** A run from the command line to its files. */
import { startSettings } from '../adapters/goOn';
import type { RunConfig, TaskName } from '../config/config';
import { openLink } from '../config/url';
import { TASKS } from '../data/tasks';
import { holdCheckpoint, loadCheckpoint } from '../model/files/folder';
import { parameterSpecs } from '../model/parameters';
import type { Source } from '../sources/source';
import { freshRun } from '../train/checkpoint';
import { headFor } from '../train/head';
import { exportRun, type ExportOptions, type OutFiles } from './export';
import { openAdapter } from './openAdapter';
import { openNamed } from './openModel';
import { createHeadless, type HeadlessRun } from './runner';

export { createHeadless };

/** `adapter` takes the place of the link's method. */
export interface TrainRequest extends ExportOptions {
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
  return { settings: { ...settings, peft }, file: freshRun(new Map(specs.map(({ name, shape }) => [name, { shape, values: adapted.values.get(name)! }]))) };
}

/** @throws with a sentence */
export async function trainAndExport(headless: ReturnType<typeof createHeadless>, { models, link, model, task, ...options }: TrainRequest): Promise<{ run: HeadlessRun; files: OutFiles }> {
  const { config } = openLink(link);
  const source = await openNamed(model ?? config.model.source, '--model', { models });
  const { adapter } = options;
  const start = adapter === undefined ? undefined : await startOf(source, adapter, { ...config, data: { ...config.data, ...(task && { task }) } }, models);
  const kept = await headless.keep(link, { model: source, task, start, weights: options.weights });
  return { run: kept.run, files: await exportRun(kept, source, options) };
}
