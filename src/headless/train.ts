/** A run from the command line to its files. */
import type { RunConfig } from '../config/config';
import { openLink } from '../config/url';
import { loadCheckpoint } from '../model/files/folder';
import { heldFile, type OutFile } from '../model/files/outFile';
import type { Source } from '../sources/source';
import type { WrittenScores } from '../protocol/scoreMessages';
import { factsOf, headFor } from '../train/head';
import { readStart, settingsOnto } from '../train/start';
import { dataOfLink, type NamedData, openData } from './openData';
import { openNamed } from './openModel';
import { createHeadless, type HeadlessRun } from './runner';

export { createHeadless };

export interface TrainRequest {
  weights: 'last' | 'best';
  /** Also the merged model, in merged/. A full fine-tuning is always one. */
  merged: boolean;
  /** Also the script for Python, in python/. */
  python: boolean;
  /** What the run begins with; takes the place of the link's method. */
  adapter?: string;
  /** Folder that holds the folders of the built-in models. */
  models: string;
  /** The recipe; empty for the default. */
  link: string;
  /** In place of the link's model, see `openNamed`. */
  model?: string;
  /** In place of the link's data. */
  named?: NamedData;
  /** Test prompts behind which a model that writes is scored, 0 for all; left out: none. */
  scoredRows?: number;
  /** Beams that those texts are written with. */
  scoredBeams?: number;
}

/** An adapter as the start of a run on `base`. @throws with a sentence where a run cannot begin with it */
async function startOf(base: Source, adapter: string, config: RunConfig, models: string) {
  const source = await openNamed(adapter, '--adapter', { models });
  const start = await readStart(source, { source: base, checkpoint: await loadCheckpoint(base) }, headFor(factsOf(config.data)));
  return { source, settings: settingsOnto(start, config) };
}

/** The scored texts as `npm run score` reads them. */
function writtenFiles({ prompts, before, after }: WrittenScores): OutFile[] {
  const file = (path: string, text: string) => heldFile(`written/${path}`, text);
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
  return [file('texts.txt', lines(after.texts)), ...(before ? [file('before.txt', lines(before.texts))] : []), file('references.txt', prompts.map(({ references }) => lines(references)).join('\n'))];
}

/** @throws with a sentence */
export async function trainAndExport(headless: ReturnType<typeof createHeadless>, { models, link, model, named, adapter, weights, merged, python, scoredRows, scoredBeams = 1 }: TrainRequest): Promise<{ run: HeadlessRun; scores?: WrittenScores; files: OutFile[]; notes: string[] }> {
  const { config } = openLink(link);
  const source = await openNamed(model ?? config.model.source, '--model', { models });
  const data = named ? await openData(named, config.seed) : await dataOfLink(config);
  const start = adapter === undefined ? undefined : await startOf(source, adapter, data ? data.on(config) : config, models);
  const writing = scoredRows === undefined ? undefined : { rows: scoredRows, options: scoredBeams > 1 ? { beams: scoredBeams } : {} };
  const { run, record: { scores }, unscored, files } = await headless.keep(link, { model: source, data, start, weights, writing });
  const texts = scores ? writtenFiles(scores) : [];
  const notes = [...(data?.notes ?? []), ...(unscored === undefined ? [] : [`the texts of the model were not scored: ${unscored}`])];
  if (run.config.model.peft === 'full') return { run, scores, files: [...await files('merged', weights), ...texts], notes };
  const inFolder = (folder: string, written: OutFile[]) => written.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
  return { run, scores, files: [...await files('adapter', weights), ...texts, ...(merged ? inFolder('merged', await files('merged', weights)) : []), ...(python ? inFolder('python', await files('python', 'last')) : [])], notes };
}
