/** What a step of each variant of a study costs beside one of its baseline: measured in turns in one process, so that what else the machine does falls on all. */
import { linkOf } from '../config/url';
import { median } from '../studies/statistics';
import { type Study, type Trial, trialsOf } from '../studies/study';
import type { createHeadless } from './runner';

/** Steps of one measurement; the first few belong to warming up. */
const STEPS = 24;
const WARM_UP = 4;
const ROUNDS = 3;

/** Milliseconds a step of a run, evaluations left out: there is one before and one after. */
async function stepTime(headless: ReturnType<typeof createHeadless>, { config }: Trial): Promise<number> {
  const short = { ...config, optimizer: { ...config.optimizer, steps: STEPS }, evaluation: { ...config.evaluation, every: STEPS } };
  const { record: { points: { seconds } } } = await headless.keep(linkOf(short), {});
  return (1000 * (seconds[seconds.length - 1] - seconds[WARM_UP])) / (seconds.length - 1 - WARM_UP);
}

/** Ratios by variant, the median of the rounds. @param said told each one's milliseconds a step as they are known */
export async function measureCosts(headless: ReturnType<typeof createHeadless>, study: Study, said: (variant: string, milliseconds: number) => void): Promise<Record<string, number>> {
  const [first] = trialsOf({ ...study, seeds: study.seeds.slice(0, 1), costs: undefined });
  const all = trialsOf({ ...study, seeds: study.seeds.slice(0, 1), costs: undefined }).filter(({ on }) => on === first.on);
  const trials = study.variants.map(({ name }) => all.find(({ variant }) => variant === name)!);
  const ratios = new Map<string, number[]>(study.variants.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const times = new Map<string, number>();
    for (const trial of trials) {
      const time = await stepTime(headless, trial);
      said(trial.variant, time);
      times.set(trial.variant, time);
    }
    for (const [variant, time] of times) ratios.get(variant)!.push(time / times.get(study.baseline)!);
  }
  return Object.fromEntries([...ratios].map(([variant, found]) => [variant, Number(median(found).toFixed(2))]));
}
