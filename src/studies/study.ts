/**
 * A study as data: variants × seeds × rates, what all of them share, and what chooses. Whatever configures a run is written as a link writes it
 * (config/url.ts), so that a study can say what a person can set on the page, and nothing else.
 */
import * as v from 'valibot';
import { type RunConfig } from '../config/config';
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
});

export type Study = v.InferOutput<typeof study>;
export type Variant = Study['variants'][number];

export interface Trial {
  variant: string;
  seed: number;
  /** Undefined where the variant has none. */
  rate: number | undefined;
  /** The run, as a link; the same run in two studies has the same. */
  link: string;
  config: RunConfig;
}

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
  if (read.rates.length === 0 && read.variants.some(({ rated }) => rated.length > 0)) throw new Error(`${name}: variants take a rate, and rates is empty`);
  return read;
}

/** Every run of a study, by seed, so that what is done early already compares all variants. @throws with a sentence for a run that cannot be */
export function trialsOf({ name, fixed, seeds, rates, variants }: Study): Trial[] {
  const trials = seeds.flatMap((seed) => variants.flatMap((one) => (one.rated.length > 0 ? rates : [undefined]).map((rate) => trialOf(name, fixed, one, seed, rate))));
  // Two variants that come to the same run would be compared with themselves.
  for (const trial of trials) {
    const same = trials.find((other) => other.link === trial.link && other.variant !== trial.variant);
    if (same) throw new Error(`${name}: ${trial.variant} and ${same.variant} are the same run; change one`);
  }
  return trials;
}

function trialOf(study: string, fixed: Study['fixed'], { name, settings: own, rated }: Variant, seed: number, rate: number | undefined): Trial {
  const where = `${study}, ${name}${rate === undefined ? '' : ` at ${rate}`}`;
  const wrong = rated.find((field) => rangeOf(field) === undefined);
  if (wrong !== undefined) throw new Error(`${where}: ${wrong} takes no number`);
  const all = { ...fixed, ...own, ...Object.fromEntries(rated.map((field) => [field, rate!])), seed };
  const { config, ignored } = openLink(new URLSearchParams(Object.entries(all).map(([field, value]) => [field, String(value)])).toString());
  const problem = ignored[0] === undefined ? configProblems(config)[0] : `"${ignored[0]}" is not understood`;
  if (problem !== undefined) throw new Error(`${where}: ${problem}`);
  return { variant: name, seed, rate, link: linkOf(config), config };
}

/** The part of a study that machine `number` of `of` runs: they share no state, and every trial is in one part. @param number from 1 */
export function shardOf<T>(trials: readonly T[], number: number, of: number): T[] {
  return trials.filter((_, index) => index % of === number - 1);
}
