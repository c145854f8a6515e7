/** A run from the command line to its files. */
import type { TaskName } from '../config/config';
import { openLink } from '../config/url';
import { exportRun, type ExportOptions, type OutFiles } from './export';
import { openNamed } from './openModel';
import { createHeadless, type HeadlessRun } from './runner';

export { createHeadless };

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

/** @throws with a sentence */
export async function trainAndExport(headless: ReturnType<typeof createHeadless>, { models, link, model, task, ...options }: TrainRequest): Promise<{ run: HeadlessRun; files: OutFiles }> {
  const source = await openNamed(model ?? openLink(link).config.model.source, '--model', { models });
  const kept = await headless.keep(link, { model: source, task, weights: options.weights });
  return { run: kept.run, files: await exportRun(kept, source, options) };
}
