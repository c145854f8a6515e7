/**
 * From finished runs to a study's answer. Validation chooses, for each variant and seed, the rate and the step; the test score of that trial at
 * that step is what is reported. Differences from the baseline are paired by seed.
 */
import { type Best, bestOf } from '../config/best';
import { kindOf } from '../config/config';
import { byLinkOf, type ResultLine } from './lines';
import { deviation, holm, mean, median, type Paired, paired, signTest } from './statistics';
import { type Budget, differsInCost, placesOf, type Study, type Trial, trialsOf } from './study';

/** A trial whose run was made. */
export interface Finished {
  trial: Trial;
  line: ResultLine;
  best: Best;
}

export interface VariantResult {
  variant: string;
  on: string;
  budget: Budget;
  /** As tables name it: what it ran on, itself, and where it had the baseline's seconds. */
  label: string;
  /** One entry a seed, in the study's order; undefined where trials of the seed are still to be run, or none gave a number. */
  seeds: ({ rate: number | undefined; step: number; metric: number; link: string } | undefined)[];
  trials: { done: number; of: number };
  mean: number;
  deviation: number;
  median: number;
  /** Mean seconds of its runs. */
  seconds: number;
  /** Whether a smaller metric is better (perplexity). */
  lowerIsBetter: boolean;
}

export interface Comparison extends Paired {
  variant: string;
  label: string;
  baseline: string;
  /** Of the t-test, adjusted by Holm over all comparisons of the study. */
  adjusted: number;
  /** Exact sign test, from six pairs on. */
  sign: number | undefined;
  verdict: 'better' | 'worse' | 'no difference shown' | 'too few seeds';
  lowerIsBetter: boolean;
}

export interface StudyResult {
  variants: VariantResult[];
  comparisons: Comparison[];
  done: number;
  of: number;
}

/** Fewer pairs than these name no winner. */
export const FEWEST_SEEDS = 5;
/** From so many pairs on the sign test can reach 5 %. */
const FEWEST_SIGNS = 6;

/** @param lines in any order */
export function resultsOf(study: Study, lines: readonly ResultLine[]): StudyResult {
  const trials = trialsOf(study);
  const byLink = byLinkOf(lines);
  const places = placesOf(study);
  // Where one of them chooses the rate for all, it comes first.
  const ordered = study.chosenOn === undefined ? places : [...places].sort((one, other) => Number(other.name === study.chosenOn) - Number(one.name === study.chosenOn));
  const rates = new Map<string, number | undefined>();
  const groups = ordered.map(({ name: on }) => {
    const found = (variant: string, budget: Budget) => {
      const mine = trials.filter((trial) => trial.variant === variant && trial.on === on && trial.budget === budget);
      if (study.chosenOn === undefined || mine.every(({ rate }) => rate === undefined)) return variantResult(study, mine, byLink);
      const key = `${variant} ${budget}`;
      if (on === study.chosenOn) rates.set(key, rateOfAll(mine, byLink));
      return variantResult(study, rates.get(key) === undefined ? [] : mine.filter(({ rate }) => rate === rates.get(key)), byLink, { variant, on, budget, of: mine });
    };
    const atSteps = study.variants.map(({ name }) => found(name, 'steps'));
    const atSeconds = study.variants.filter(({ name }) => differsInCost(study, name)).map(({ name }) => found(name, 'seconds'));
    return { on, variants: [...atSteps, ...atSeconds], baseline: atSteps.find(({ variant }) => variant === study.baseline)! };
  }).sort((one, other) => places.findIndex(({ name }) => name === one.on) - places.findIndex(({ name }) => name === other.on));

  const pairs = groups.flatMap(({ variants, baseline }) => variants.filter((one) => one !== baseline).map((one) => ({ one, baseline, differences: differencesOf(one, baseline) }))).filter(({ differences }) => differences.length > 0);
  const tested = pairs.map(({ differences }) => paired(differences));
  const adjusted = holm(tested.map(({ p }) => p));
  const comparisons = pairs.map(({ one: { variant, label, lowerIsBetter }, differences }, index): Comparison => ({
    ...tested[index], variant, label, lowerIsBetter, baseline: study.baseline, adjusted: adjusted[index],
    sign: differences.length >= FEWEST_SIGNS ? signTest(differences) : undefined, verdict: verdictOf(tested[index], adjusted[index], lowerIsBetter),
  }));
  return { variants: groups.flatMap(({ variants }) => variants), comparisons, done: trials.filter(({ link }) => byLink.has(link)).length, of: trials.length };
}

function variantResult(study: Study, trials: readonly Trial[], byLink: ReadonlyMap<string, ResultLine>, named?: { variant: string; on: string; budget: Budget; of: readonly Trial[] }): VariantResult {
  const { variant, on, budget } = named ?? trials[0];
  const all = named?.of ?? trials;
  const chosen = study.seeds.map((seed) => chosenOf(trials.filter((trial) => trial.seed === seed), byLink));
  const metrics = chosen.flatMap((one) => (one ? [one.metric] : []));
  const seconds = all.flatMap(({ link }) => byLink.get(link)?.seconds ?? []);
  return {
    variant, on, budget, label: `${on === '' ? '' : `${on}: `}${variant}${budget === 'seconds' ? ', equal seconds' : ''}`,
    seeds: chosen, trials: { done: seconds.length, of: all.length },
    mean: mean(metrics), deviation: deviation(metrics), median: metrics.length > 0 ? median(metrics) : Number.NaN, seconds: mean(seconds),
    lowerIsBetter: all.some(({ config }) => kindOf(config.data) === 'language_model'),
  };
}

/** A trial with its line and best evaluation; undefined where it was not run, or gave no number. */
export function finishedOf(trial: Trial, byLink: ReadonlyMap<string, ResultLine>): Finished | undefined {
  const line = byLink.get(trial.link);
  const best = line && bestOf(line.evaluations, trial.config);
  return line && best && Number.isFinite(line.test.metric) ? { trial, line, best } : undefined;
}

/** The trial of one seed with the best validation score, once all of them are there. */
function chosenOf(trials: readonly Trial[], byLink: ReadonlyMap<string, ResultLine>): VariantResult['seeds'][number] {
  if (trials.length === 0 || !trials.every(({ link }) => byLink.has(link))) return undefined;
  const found = trials.flatMap((trial) => finishedOf(trial, byLink) ?? []).reduce<Finished | undefined>((best, one) => (best && best.best.merit >= one.best.merit ? best : one), undefined);
  return found && { rate: found.trial.rate, step: found.best.step, metric: found.line.test.metric, link: found.trial.link };
}

/** The rate with the best mean validation score over all seeds, once all trials are there. */
function rateOfAll(trials: readonly Trial[], byLink: ReadonlyMap<string, ResultLine>): number | undefined {
  if (!trials.every(({ link }) => byLink.has(link))) return undefined;
  const rates = [...new Set(trials.map(({ rate }) => rate))].map((rate) => ({ rate, merit: mean(trials.filter((trial) => trial.rate === rate).map((trial) => finishedOf(trial, byLink)?.best.merit ?? -Infinity)) }));
  return rates.reduce((best, one) => (best.merit >= one.merit ? best : one)).rate;
}

function differencesOf(one: VariantResult, other: VariantResult): number[] {
  return one.seeds.flatMap((mine, index) => {
    const theirs = other.seeds[index];
    return mine && theirs ? [mine.metric - theirs.metric] : [];
  });
}

function verdictOf({ count, low, high, mean: difference }: Paired, adjusted: number, lowerIsBetter: boolean): Comparison['verdict'] {
  if (count < FEWEST_SEEDS) return 'too few seeds';
  if ((low <= 0 && high >= 0) || !(adjusted < 0.05)) return 'no difference shown';
  return difference > 0 !== lowerIsBetter ? 'better' : 'worse';
}
