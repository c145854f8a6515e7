/**
 * From finished runs to a study's answer. Validation chooses, for each variant and seed, the rate and the step; the test score of that trial at
 * that step is what is reported. Differences from the baseline are paired by seed.
 */
import { bestOf } from '../config/best';
import { kindOf } from '../config/config';
import type { Scores } from '../protocol/runMessages';
import { deviation, holm, mean, median, type Paired, paired, signTest } from './statistics';
import { type Study, type Trial, trialsOf } from './study';

/** One finished run, a line of a results file. */
export interface ResultLine {
  link: string;
  /** Adapter and profile. */
  device: string;
  /** ISO date of its end. */
  date: string;
  /** Seconds of training, evaluations included. */
  seconds: number;
  evaluations: { step: number; heldOut: Scores }[];
  /** Scores of the test rows with the weights of the best evaluation. */
  test: Scores;
}

export interface VariantResult {
  variant: string;
  /** One entry a seed, in the study's order; undefined where trials of the seed are still to be run, or none gave a number. */
  seeds: ({ rate: number | undefined; step: number; metric: number } | undefined)[];
  trials: { done: number; of: number };
  mean: number;
  deviation: number;
  median: number;
  /** Mean seconds of its runs. */
  seconds: number;
}

export interface Comparison extends Paired {
  variant: string;
  baseline: string;
  /** Of the t-test, adjusted by Holm over all comparisons of the study. */
  adjusted: number;
  /** Exact sign test, from six pairs on. */
  sign: number | undefined;
  verdict: 'better' | 'worse' | 'no difference shown' | 'too few seeds';
}

export interface StudyResult {
  variants: VariantResult[];
  comparisons: Comparison[];
  /** Whether a smaller metric is better (perplexity). */
  lowerIsBetter: boolean;
  done: number;
  of: number;
}

/** Fewer pairs than these name no winner. */
const FEWEST_SEEDS = 5;
/** From so many pairs on the sign test can reach 5 %. */
const FEWEST_SIGNS = 6;

/** @param lines in any order; of two of one run the first counts, so that a repetition cannot be picked */
export function resultsOf(study: Study, lines: readonly ResultLine[]): StudyResult {
  const trials = trialsOf(study);
  const byLink = new Map<string, ResultLine>();
  for (const line of lines) if (!byLink.has(line.link)) byLink.set(line.link, line);
  const lowerIsBetter = trials.some(({ config }) => kindOf(config.data) === 'language_model');
  const variants = study.variants.map(({ name }) => variantResult(name, study.seeds, trials.filter(({ variant }) => variant === name), byLink));
  const baseline = variants.find(({ variant }) => variant === study.baseline)!;
  const pairs = variants.filter((one) => one !== baseline).map((one) => ({ one, differences: differencesOf(one, baseline) })).filter(({ differences }) => differences.length > 0);
  const found = pairs.map(({ differences }) => paired(differences));
  const adjusted = holm(found.map(({ p }) => p));
  const comparisons = pairs.map(({ one, differences }, index) => {
    const sign = differences.length >= FEWEST_SIGNS ? signTest(differences) : undefined;
    return { ...found[index], variant: one.variant, baseline: study.baseline, adjusted: adjusted[index], sign, verdict: verdictOf(found[index], adjusted[index], lowerIsBetter) };
  });
  return { variants, comparisons, lowerIsBetter, done: trials.filter(({ link }) => byLink.has(link)).length, of: trials.length };
}

function variantResult(variant: string, seeds: readonly number[], trials: readonly Trial[], byLink: ReadonlyMap<string, ResultLine>): VariantResult {
  const chosen = seeds.map((seed) => chosenOf(trials.filter((trial) => trial.seed === seed), byLink));
  const metrics = chosen.flatMap((one) => (one ? [one.metric] : []));
  const seconds = trials.flatMap(({ link }) => byLink.get(link)?.seconds ?? []);
  return {
    variant, seeds: chosen, trials: { done: seconds.length, of: trials.length },
    mean: mean(metrics), deviation: deviation(metrics), median: metrics.length > 0 ? median(metrics) : Number.NaN, seconds: mean(seconds),
  };
}

/** The trial of one seed with the best validation score, once all of them are there. */
function chosenOf(trials: readonly Trial[], byLink: ReadonlyMap<string, ResultLine>): VariantResult['seeds'][number] {
  if (!trials.every(({ link }) => byLink.has(link))) return undefined;
  let found: { rate: number | undefined; step: number; metric: number; merit: number } | undefined;
  for (const { link, rate, config } of trials) {
    const { evaluations, test } = byLink.get(link)!;
    const best = bestOf(evaluations, config);
    if (best && Number.isFinite(test.metric) && (!found || best.merit > found.merit)) found = { rate, step: best.step, metric: test.metric, merit: best.merit };
  }
  return found && { rate: found.rate, step: found.step, metric: found.metric };
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

/** The answer as Markdown: a row a variant, then a row a comparison. */
export function tableOf(study: Study, { variants, comparisons, done, of, lowerIsBetter }: StudyResult): string {
  const percent = !lowerIsBetter;
  const show = (value: number) => (Number.isFinite(value) ? percent ? (100 * value).toFixed(1) : value.toFixed(3) : '–');
  const rates = ({ seeds }: VariantResult) => [...new Set(seeds.flatMap((one) => one?.rate ?? []))].sort((one, other) => one - other).join(', ') || '–';
  return [
    `${done} of ${of} runs. Test metric${percent ? ' × 100' : ', lower is better'}, at the rate and step that validation chose.`, '',
    `| variant | seeds | median | mean ± sd | rates chosen | seconds a run |`, '|---|---|---|---|---|---|',
    ...variants.map((one) => `| ${one.variant} | ${one.seeds.filter(Boolean).length} of ${study.seeds.length} | ${show(one.median)} | ${show(one.mean)} ± ${show(one.deviation)} | ${rates(one)} | ${Number.isFinite(one.seconds) ? one.seconds.toFixed(1) : '–'} |`),
    '', `| against ${study.baseline} | pairs | difference | 95 % interval | p, Holm | sign test | |`, '|---|---|---|---|---|---|---|',
    ...comparisons.map((one) => `| ${one.variant} | ${one.count} | ${show(one.mean)} | ${show(one.low)} to ${show(one.high)} | ${Number.isNaN(one.adjusted) ? '–' : one.adjusted.toPrecision(2)} | ${one.sign === undefined ? '–' : one.sign.toPrecision(2)} | ${one.verdict} |`),
  ].join('\n');
}
