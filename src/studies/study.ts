/**
 * A study as data: variants × seeds × rates, what all of them share, and what chooses. Whatever configures a run is written as a link writes it
 * (config/url.ts), so that a study can say what a person can set on the page, and nothing else.
 */
import * as v from 'valibot';
import { kindOf, type RunConfig } from '../config/config';
import { consistencyFor } from '../config/presets';
import { configProblems } from '../config/problems';
import { rangeOf } from '../config/ranges';
import { linkOf, openLink } from '../config/url';

const settings = v.record(v.string(), v.union([v.string(), v.number()]));

const variant = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  /** Beside the study's own. */
  settings: v.optional(settings, {}),
  /** Fields that take the rate; without any, a seed has one trial. */
  rated: v.optional(v.array(v.string()), []),
});

const study = v.strictObject({
  format: v.literal('lora-dropout-study'),
  version: v.literal(1),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  title: v.string(),
  question: v.string(),
  /** What was decided from the baseline's curves alone, before any dropout was run. */
  fixed: settings,
  seeds: v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), v.nonEmpty()),
  /** The grid of rates, the same for every variant that has one. */
  rates: v.array(v.number()),
  variants: v.pipe(v.array(variant), v.minLength(2)),
  /** The variant that the others are compared with. */
  baseline: v.string(),
  /** Models and data that every variant runs on, each compared within itself; left out: what `fixed` says alone. */
  on: v.optional(v.array(v.strictObject({ name: v.pipe(v.string(), v.nonEmpty()), settings }))),
  /** The one of `on` whose validation rows choose the rate for all of them; left out: each chooses its own. */
  chosenOn: v.optional(v.string()),
  /**
   * What a step of a variant costs beside one of the baseline, measured in turns (`npm run study -- costs`). Where it is not about 1 the variant
   * also runs with as many steps as take the baseline's time.
   */
  costs: v.optional(v.record(v.string(), v.pipe(v.number(), v.minValue(0.01), v.maxValue(100)))),
  /** What the result is drawn as: differences from the baseline, scores by rate, or the course of the runs. */
  picture: v.optional(v.picklist(['differences', 'rates', 'courses']), 'differences'),
  /** What the paper has for the same question, cited. */
  paper: v.optional(v.strictObject({ source: v.string(), columns: v.array(v.string()), rows: v.array(v.array(v.union([v.string(), v.number()]))) })),
});

export type Study = v.InferOutput<typeof study>;
export type Variant = Study['variants'][number];

/** `steps`: as many as the study says. `seconds`: as many as take the baseline's time. */
export type Budget = 'steps' | 'seconds';

export interface Trial {
  variant: string;
  /** Which of the study's `on`; empty where it has none. */
  on: string;
  budget: Budget;
  seed: number;
  /** Undefined where the variant has none. */
  rate: number | undefined;
  /** The run, as a link; the same run in two studies has the same. */
  link: string;
  config: RunConfig;
}

/** Costs that differ by less are the same within what timing tells. */
const SAME_COST = 0.05;

/** LoRA's own dropout at the rate that peft's examples have, which every study must beat beside no dropout at all. */
const CUSTOMARY = { field: 'dropout.lora_input.p', rate: 0.1 };

/** A study from a file's JSON. @throws with a sentence that says where */
export function readStudy(value: unknown, name: string): Study {
  const found = v.safeParse(study, value);
  if (!found.success) {
    const [issue] = found.issues;
    throw new Error(`${name}: ${issue.path?.map((step) => String(step.key)).join('.') || 'the file'} is ${issue.received}, expected ${issue.expected ?? 'something else'}`);
  }
  const read = found.output;
  const names = read.variants.map((one) => one.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  if (twice !== undefined) throw new Error(`${name}: two variants are called "${twice}"; give each its own name`);
  if (!names.includes(read.baseline)) throw new Error(`${name}: the baseline "${read.baseline}" is no variant; choose one of ${names.join(', ')}`);
  if (!read.variants.some(({ settings: own, rated }) => rated.length === 0 && Number(own[CUSTOMARY.field]) === CUSTOMARY.rate)) {
    throw new Error(`${name}: no variant has ${CUSTOMARY.field} at ${CUSTOMARY.rate} and nothing rated; LoRA with its own dropout is always among the baselines`);
  }
  const places = placesOf(read).map((place) => place.name);
  if (new Set(places).size < places.length) throw new Error(`${name}: two entries of "on" have one name; give each its own`);
  if (read.chosenOn !== undefined && !places.includes(read.chosenOn)) throw new Error(`${name}: chosenOn "${read.chosenOn}" is none of "on" (${places.filter(Boolean).join(', ') || 'there is none'})`);
  const unknown = Object.keys(read.costs ?? {}).find((one) => !names.includes(one));
  if (unknown !== undefined) throw new Error(`${name}: costs has "${unknown}", which is no variant; choose from ${names.join(', ')}`);
  if (read.rates.length === 0 && read.variants.some(({ rated }) => rated.length > 0)) throw new Error(`${name}: variants take a rate, and rates is empty`);
  return read;
}

/** What every variant runs on. */
export const placesOf = ({ on }: Study): { name: string; settings: Study['fixed'] }[] => (on?.length ? on : [{ name: '', settings: {} }]);

/** Whether a variant costs more or less a step than the baseline, so that equal steps are not equal seconds. */
export const differsInCost = ({ costs }: Study, variant: string): boolean => Math.abs((costs?.[variant] ?? 1) - 1) > SAME_COST;

/** Every run of a study, by seed, so that what is done early already compares all variants. @throws with a sentence for a run that cannot be */
export function trialsOf(study: Study): Trial[] {
  const { name, seeds, rates, variants } = study;
  const trials = seeds.flatMap((seed) => placesOf(study).flatMap((place) => variants.flatMap((one) => (one.rated.length > 0 ? rates : [undefined]).flatMap((rate) => {
    const trial = trialOf(study, place, one, seed, rate);
    return differsInCost(study, one.name) ? [trial, inEqualSeconds(trial, study.costs![one.name])] : [trial];
  }))));
  // Two variants that come to the same run would be compared with themselves.
  const byLink = new Map<string, Trial>();
  for (const trial of trials) {
    const same = byLink.get(trial.link);
    if (same && same.variant !== trial.variant) throw new Error(`${name}: ${same.variant} and ${trial.variant} are the same run; change one`);
    byLink.set(trial.link, trial);
  }
  return trials;
}

function trialOf({ name: study, fixed }: Study, { name: on, settings: place }: { name: string; settings: Study['fixed'] }, { name, settings: own, rated }: Variant, seed: number, rate: number | undefined): Trial {
  const where = `${study}, ${on === '' ? '' : `${on}, `}${name}${rate === undefined ? '' : ` at ${rate}`}`;
  const wrong = rated.find((field) => rangeOf(field) === undefined);
  if (wrong !== undefined) throw new Error(`${where}: ${wrong} takes no number`);
  const all = { ...fixed, ...place, ...own, ...Object.fromEntries(rated.map((field) => [field, rate!])), seed };
  const { config: asked, ignored } = openLink(new URLSearchParams(Object.entries(all).map(([field, value]) => [field, String(value)])).toString());
  // A variant is the same method on every task: where outputs are single numbers, two passes are compared by their squared difference.
  const config = { ...asked, consistency: consistencyFor(kindOf(asked.data), asked.consistency) };
  const problem = ignored[0] === undefined ? configProblems(config)[0] : `"${ignored[0]}" is not understood`;
  if (problem !== undefined) throw new Error(`${where}: ${problem}`);
  return { variant: name, on, budget: 'steps', seed, rate, link: linkOf(config), config };
}

/** The same trial with so many steps as take the baseline's time: schedule, warm-up and evaluations are those of a shorter or longer run. */
function inEqualSeconds(trial: Trial, cost: number): Trial {
  const { optimizer, evaluation } = trial.config;
  const steps = Math.max(1, Math.round(optimizer.steps / cost));
  // As many evaluations as the other run has.
  const every = Math.max(1, Math.ceil((steps * evaluation.every) / optimizer.steps));
  const config = { ...trial.config, optimizer: { ...optimizer, steps, warmup: Math.round(optimizer.warmup / cost) }, evaluation: { ...evaluation, every } };
  return { ...trial, budget: 'seconds', link: linkOf(config), config };
}

/** The part of a study that machine `number` of `of` runs: they share no state, and every trial is in one part. @param number from 1 */
export function shardOf<T>(trials: readonly T[], number: number, of: number): T[] {
  return trials.filter((_, index) => index % of === number - 1);
}
