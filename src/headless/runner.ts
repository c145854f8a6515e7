/** Runs of the engine without a page, under Node: a link in, the run's evaluations out. What a study needs, and a machine without a screen. */
import type { Change, RunConfig } from '../config/config';
import { nameOfRun } from '../config/diff';
import { DEFAULT_CONFIG } from '../config/config';
import { openLink } from '../config/url';
import type { Profile } from '../gpu/device';
import type { Fault } from '../protocol/faults';
import { wordsFor } from '../protocol/faultWords';
import type { FromEngine } from '../protocol/messages';
import type { Scores } from '../protocol/runMessages';
import { diskSource } from '../sources/disk';
import { Engine } from '../train/engine';

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

export interface HeadlessOptions {
  gpu: GPU;
  /** Folder that holds the models' folders. */
  models: string;
  profile?: Profile;
}

const errorOf = (fault: Fault) => {
  const { title, text, quote } = wordsFor(fault, '');
  return new Error([`${title}. ${text}`, quote].filter(Boolean).join('\n'));
};

/** An engine for several runs, one after the other. */
export function createHeadless({ gpu, models, profile }: HeadlessOptions) {
  let listen: (event: FromEngine) => void = () => undefined;
  let device = '';
  /** What stands in the way of every run: a fault that belongs to none. */
  let broken: Error | undefined;
  const engine = new Engine((event) => {
    if (event.type === 'ready') device = `${event.device.name}, ${event.device.profile}`;
    if (event.type === 'fault' && event.runId === undefined) broken ??= errorOf(event.fault);
    listen(event);
  }, { gpu, secure: true, open: async (name) => diskSource(`${models}/${name}`, { kind: 'builtin', name }), device: { profile } });

  return {
    /**
     * Trains what `link` (the part of the page's address after #) describes, to its end.
     * @throws when the run cannot be made or fails, or one of its changes is refused
     */
    async run(link: string): Promise<HeadlessRun> {
      const { config, changes, ignored } = openLink(link);
      const evaluations: HeadlessRun['evaluations'] = [];
      const runId = crypto.randomUUID();
      return new Promise((resolve, reject) => {
        let seconds = 0;
        if (broken) return reject(broken);
        // Whatever is under way ends first: a process that exits in the middle of it takes the driver down with it.
        const fail = (error: Error) => void engine.handle({ type: 'reset' }).then(() => reject(error));
        listen = (event) => {
          // A run that failed may still have events on their way.
          if ('runId' in event && event.runId !== undefined && event.runId !== runId) return;
          if (event.type === 'fault') fail(errorOf(event.fault));
          if (event.type === 'refused') fail(new Error(`the change of ${event.field} was refused: ${event.sentence}`));
          if (event.type === 'evaluated') evaluations.push({ step: event.step, heldOut: event.heldOut, train: event.train, seconds: event.seconds });
          if (event.type === 'finished') {
            seconds = event.seconds;
            void engine.handle({ type: 'test', runId });
          }
          if (event.type === 'tested') resolve({ name: nameOfRun(config, changes, DEFAULT_CONFIG), config, changes, ignored, device, evaluations, test: event.scores, seconds });
        };
        void engine.handle({ type: 'start', runId, config, changes });
      });
    },
  };
}
