/** Runs of the engine without a page, under Node: a link in, the run's evaluations out. What a study needs, and a machine without a screen. */
import type { Change, RunConfig } from '../config/config';
import { nameOfRun } from '../config/diff';
import { DEFAULT_CONFIG, kindOf } from '../config/config';
import { referenceText } from '../config/sources';
import { openLink } from '../config/url';
import type { Profile } from '../gpu/device';
import type { OutFile } from '../model/files/outFile';
import type { ExportForm } from '../protocol/exportMessages';
import type { Fault } from '../protocol/faults';
import { wordsFor } from '../protocol/faultWords';
import type { FromEngine } from '../protocol/messages';
import type { RunRecord } from '../protocol/run';
import type { Scores } from '../protocol/runMessages';
import type { WrittenScores } from '../protocol/scoreMessages';
import type { WritingOptions } from '../protocol/writingMessages';
import { diskSource } from '../sources/disk';
import type { Source } from '../sources/source';
import { Engine } from '../train/engine';
import { dataOfLink, type OpenedData } from './openData';

export interface HeadlessRun {
  name: string;
  config: RunConfig;
  changes: Change[];
  /** What of the link was not understood and left out, as on the page. */
  ignored: string[];
  device: string;
  evaluations: { step: number; heldOut: Scores; train: Scores; seconds: number }[];
  /** Scores of the test rows after the last step. */
  test: Scores;
  seconds: number;
}

/** What is asked beside a link. */
export interface RunWishes {
  /** In place of the link's model. */
  model?: Source;
  /** In place of the link's data. */
  data?: OpenedData;
  /** What the run begins with, in place of the link's method. */
  start?: { source: Source; settings: Partial<RunConfig['model']> };
  /** Which weights the test rows are scored with. */
  weights?: 'best' | 'last';
  /** Of a model that writes: score its texts on the references of so many test prompts, 0 for all. Left out: not at all. */
  writing?: { rows: number; options: WritingOptions };
}

/** A run whose weights the engine still holds. */
export interface KeptRun {
  record: RunRecord;
  run: HeadlessRun;
  /** Why its texts were not scored, where they were to be. */
  unscored?: string;
  /** What was trained, as files that are not written yet. @throws with a sentence */
  files(form: ExportForm, weights: 'best' | 'last'): Promise<OutFile[]>;
}

export interface HeadlessOptions {
  gpu: GPU;
  /** Folder that holds the models' folders. */
  models: string;
  profile?: Profile;
  /** GiB that runs may take; left out: the usual. */
  budget?: number;
}

const errorOf = (fault: Fault) => {
  const { title, text, quote } = wordsFor(fault, '');
  return new Error([`${title}. ${text}`, quote].filter(Boolean).join('\n'));
};

/** An engine for several runs, one after the other. */
export function createHeadless({ gpu, models, profile, budget }: HeadlessOptions) {
  let listen: (event: FromEngine) => void = () => undefined;
  let device = '';
  /** What stands in the way of every run: a fault that belongs to none. */
  let broken: Error | undefined;
  const opened = new Map<string, Source>();
  const engine = new Engine((event) => {
    if (event.type === 'ready') device = `${event.device.name}, ${event.device.profile}`;
    if (event.type === 'fault' && event.runId === undefined) broken ??= errorOf(event.fault);
    listen(event);
  }, { gpu, secure: true, open: async (name) => opened.get(name) ?? diskSource(`${models}/${name}`, { kind: 'builtin', name }), device: { profile }, budget });

  /** Trains to the end and scores the test rows; with `keep` everything trained is handed over, too. */
  function train({ config, changes, ignored }: Pick<HeadlessRun, 'config' | 'changes' | 'ignored'>, keep: (event: FromEngine) => void, runId: string, { weights, writing }: Pick<RunWishes, 'weights' | 'writing'> = {}): Promise<HeadlessRun> {
    const evaluations: HeadlessRun['evaluations'] = [];
    return new Promise((resolve, reject) => {
      let seconds = 0;
      let test: Scores | undefined;
      if (broken) return reject(broken);
      // Whatever is under way ends first: a process that exits in the middle of it takes the driver down with it.
      const fail = (error: Error) => void engine.handle({ type: 'reset' }).then(() => reject(error));
      const finish = (test: Scores) => resolve({ name: nameOfRun(config, changes, DEFAULT_CONFIG), config, changes, ignored, device, evaluations, test, seconds });
      listen = (event) => {
        // A run that failed may still have events on their way.
        if ('runId' in event && event.runId !== undefined && event.runId !== runId) return;
        keep(event);
        if (event.type === 'fault') fail(errorOf(event.fault));
        if (event.type === 'refused') fail(new Error(`the change of ${event.field} was refused: ${event.sentence}`));
        if (event.type === 'evaluated') evaluations.push({ step: event.step, heldOut: event.heldOut, train: event.train, seconds: event.seconds });
        if (event.type === 'finished') {
          seconds = event.seconds;
          void engine.handle({ type: 'test', runId, weights });
        }
        if (event.type === 'tested') {
          test = event.scores;
          if (writing && kindOf(config.data) === 'language_model') void engine.handle({ type: 'score', runId, ...writing, weights: weights ?? 'best' });
          else finish(test);
        }
        // What was trained is worth as much without them.
        if (event.type === 'scored' || event.type === 'unscored') finish(test!);
      };
      void engine.handle({ type: 'start', runId, config, changes });
    });
  }

  return {
    /**
     * Trains what `link` (the part of the page's address after #) describes, to its end.
     * @throws when the run cannot be made or fails, or one of its changes is refused
     */
    async run(link: string): Promise<HeadlessRun> {
      const opened = openLink(link);
      const data = await dataOfLink(opened.config);
      if (data?.handed) await engine.handle({ type: 'take_rows', ...data.handed });
      return train(opened, () => undefined, crypto.randomUUID());
    },

    /** The same with another model or other data, and with everything trained. @throws as `run` */
    async keep(link: string, { model, data, start, weights, writing }: RunWishes): Promise<KeptRun> {
      const { config, changes, ignored } = openLink(link);
      for (const source of [model, start?.source]) if (source) opened.set(referenceText(source.reference), source);
      const onModel: RunConfig = { ...config, model: { ...config.model, ...start?.settings, ...(start && { adapter: referenceText(start.source.reference) }), ...(model && { source: referenceText(model.reference) }) } };
      const asked = data ? data.on(onModel) : onModel;
      if (data?.handed) await engine.handle({ type: 'take_rows', ...data.handed });
      const id = crypto.randomUUID();
      const createdAt = new Date().toISOString();
      const points: RunRecord['points'] = { step: [], crossEntropy: [], consistency: [], gradientNorm: [], learningRate: [], seconds: [] };
      let test: RunRecord['test'];
      let scores: WrittenScores | undefined;
      let unscored: string | undefined;
      const run = await train({ config: asked, changes, ignored }, (event) => {
        if (event.type === 'points') {
          event.crossEntropy.forEach((_, index) => points.step.push(event.from + index));
          for (const column of ['crossEntropy', 'consistency', 'gradientNorm', 'learningRate', 'seconds'] as const) points[column].push(...event[column]);
        }
        if (event.type === 'tested') test = { step: event.step, scores: event.scores, rows: event.rows };
        if (event.type === 'scored') ({ scores } = event);
        if (event.type === 'unscored') unscored = event.sentence;
      }, id, { weights, writing });
      const record: RunRecord = { format: 'lora-dropout-run', version: 1, id, name: run.name, createdAt, device: run.device, config: asked, changes, points, evaluations: run.evaluations, test, ...(scores && { scores }) };
      return { record, run, unscored, files: async (form, chosen) => (await engine.exportFiles({ runId: id, form, weights: chosen, record })).files };
    },
  };
}
