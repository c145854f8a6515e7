/** Pure: where values of a run are not numbers. They are holes in every line, and one sentence says which. */
import { withChanges } from '../config/diff';
import type { RunData } from './runData';
import type { MetricWords } from './metrics';
import type { RunInfo } from './state';

type Described = Pick<RunInfo, 'config' | 'changes'>;

/** Whether a step had a consistency term to measure (or none at all, which counts as zero): between every n-th step its value is absent, and no hole. */
export function hasTerm({ config, changes }: Described): (step: number) => boolean {
  const turns = changes.flatMap(({ step, field }, index) => (field.startsWith('consistency') ? [{ step, consistency: withChanges(config, changes.slice(0, index + 1)).consistency }] : []));
  return (step) => {
    const { kind, every = 1 } = turns.findLast((turn) => turn.step <= step)?.consistency ?? config.consistency;
    return kind === 'none' || step % every === 0;
  };
}

/** "at step 100", "at 3 steps, the first 100"; empty where there is none. */
function placesOf(steps: readonly number[]): string {
  return steps.length === 0 ? '' : steps.length === 1 ? `at step ${steps[0]}` : `at ${steps.length} steps, the first ${steps[0]}`;
}

/** Which values of a run are not numbers, in a sentence; empty where all are. Evaluations first, then what is measured step by step. */
export function describeHoles(run: Described, data: RunData, { loss, metric }: Pick<MetricWords, 'loss' | 'metric'>): string {
  const due = hasTerm(run);
  const evaluated = (value: (evaluation: RunData['evaluations'][number]) => number) => data.evaluations.filter((one) => !Number.isFinite(value(one))).map(({ step }) => step);
  const measured = (name: 'crossEntropy' | 'consistency' | 'gradientNorm' | 'learningRate') => [...data.step.view()].filter((step, index) => !Number.isFinite(data[name].at(index)) && (name !== 'consistency' || due(step)));
  const found = ([
    [`held-out ${loss}`, evaluated(({ heldOut }) => heldOut.loss)], [`training ${loss}`, evaluated(({ train }) => train.loss)],
    [`held-out ${metric}`, evaluated(({ heldOut }) => heldOut.metric)], [`${loss} of the batch`, measured('crossEntropy')], ['consistency term', measured('consistency')],
    ['gradient norm', measured('gradientNorm')], ['learning rate', measured('learningRate')],
  ] as const).filter(([, steps]) => steps.length > 0).map(([what, steps]) => `${what} ${placesOf(steps)}`);
  return found.length === 0 ? '' : `Not a number, and a hole in the curves: ${found.join('; ')}.`;
}
