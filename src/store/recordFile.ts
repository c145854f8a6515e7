/** Runs as files: reading one back with a sentence for whatever is wrong, writing JSON and CSV. */
import * as v from 'valibot';
import { CONSISTENCY_KINDS, COMPENSATIONS, PATTERNS, POSITIONS, RATE_COURSES, SECOND_PASSES } from '../config/dropout';
import { cut, possibleChanges } from '../config/changes';
import { type Change, CHOOSERS, DEFAULT_CONFIG, type RunConfig } from '../config/config';
import { isTask, METRIC_NAMES } from '../config/tasks';
import { isAdapterSource, isModelSource } from '../config/models';
import { PEFT_KINDS, TARGETS } from '../config/peft';
import { configProblems } from '../config/problems';
import { SCHEDULES } from '../config/schedule';
import { isTableMapping, type TableMapping, tableReference } from '../config/tables';
import { WEIGHT_FORMATS } from '../config/weightFormats';
import type { RunRecord } from '../protocol/run';
import type { Scores } from '../protocol/runMessages';
import { POINT_COLUMNS } from './runData';

/** JSON has no NaN: a diverged value arrives as null and stays a hole in the line, as does one that is beyond all numbers (1e999). */
const measured = v.pipe(v.nullable(v.number()), v.transform((value) => (Number.isFinite(value) ? value! : Number.NaN)));
/** More of what was left out is counted and not named. */
const MOST_NAMED = 5;

const scores = v.object({ loss: measured, metric: measured, others: v.optional(v.record(v.picklist(METRIC_NAMES), measured)) });

const rule = v.object({
  p: v.number(),
  pattern: v.picklist(PATTERNS),
  compensation: v.optional(v.picklist(COMPENSATIONS)),
  fromLayer: v.optional(v.number()),
  depth: v.optional(v.picklist(RATE_COURSES)),
  time: v.optional(v.picklist(RATE_COURSES)),
});

const config = v.object({
  data: v.object({
    source: v.pipe(v.string(), v.check((text: string) => isTask(text) || tableReference(text) !== undefined, 'a task of the page, or the reference of a table')),
    table: v.optional(v.custom<TableMapping>(isTableMapping, 'how the table is read')), rows: v.number(), noise: v.number(), maxLength: v.optional(v.number(), 0),
  }),
  // Fields that older files lack have the only value that there was.
  model: v.object({
    source: v.pipe(v.string(), v.check((text: string) => isModelSource(text), 'a model that comes with the page, or the reference of another one')),
    adapter: v.optional(v.pipe(v.string(), v.check((text: string) => isAdapterSource(text), 'the reference of an adapter'))), peft: v.optional(v.picklist(PEFT_KINDS), 'lora'), rank: v.number(), alpha: v.number(), targets: v.array(v.picklist(TARGETS)),
    fromLayer: v.optional(v.number(), 0), ratio: v.optional(v.number(), DEFAULT_CONFIG.model.ratio),
    virtualTokens: v.optional(v.number(), DEFAULT_CONFIG.model.virtualTokens), bottleneck: v.optional(v.number(), DEFAULT_CONFIG.model.bottleneck),
    weights: v.optional(v.picklist(WEIGHT_FORMATS), 'f32'),
  }),
  dropout: v.partial(v.object(Object.fromEntries(POSITIONS.map((position) => [position, rule])) as Record<(typeof POSITIONS)[number], typeof rule>)),
  consistency: v.object({ kind: v.picklist(CONSISTENCY_KINDS), alpha: v.number(), second: v.picklist(SECOND_PASSES), every: v.optional(v.number(), 1) }),
  optimizer: v.object({
    learningRate: v.number(), batchSize: v.number(), steps: v.number(), warmup: v.number(), weightDecay: v.number(), clip: v.number(), smoothing: v.number(),
    schedule: v.optional(v.picklist(SCHEDULES), 'linear'), accumulation: v.optional(v.number(), 1), l1: v.optional(v.number(), 0), neftune: v.optional(v.number(), 0),
  }),
  evaluation: v.object({ every: v.number(), chooses: v.optional(v.picklist(CHOOSERS), DEFAULT_CONFIG.evaluation.chooses), patience: v.optional(v.number(), 0), rows: v.optional(v.number(), 0) }),
  seed: v.number(),
});

const written = v.object({
  step: v.number(),
  texts: v.array(v.object({
    prompt: v.string(), text: v.string(), reference: v.optional(v.string()), finished: v.picklist(['end token', 'length']),
    tokens: v.array(v.object({ text: v.string(), probability: v.number() })),
  })),
});

const textScores = v.object({ BLEU: measured, NIST: measured, METEOR: measured, ROUGE_L: measured, CIDEr: measured, TER: measured });

const scoredTexts = v.object({ step: v.number(), texts: v.array(v.string()), scores: v.object({ all: textScores, seen: v.optional(textScores), unseen: v.optional(textScores) }) });

const writtenScores = v.object({
  prompts: v.array(v.object({ prompt: v.string(), references: v.array(v.string()), seen: v.optional(v.boolean()) })), of: v.number(),
  options: v.object({ maxNewTokens: v.optional(v.number()), beams: v.optional(v.number()) }), before: v.optional(scoredTexts), after: scoredTexts,
});

const record = v.object({
  format: v.literal('lora-dropout-run'),
  version: v.literal(1),
  id: v.string(),
  name: v.string(),
  createdAt: v.string(),
  device: v.string(),
  config,
  // Judged one by one, and named where they cannot be made.
  changes: v.array(v.object({ step: v.unknown(), field: v.unknown(), from: v.optional(v.unknown()), to: v.optional(v.unknown()) })),
  points: v.object({
    step: v.array(v.number()), crossEntropy: v.array(measured), consistency: v.array(measured),
    gradientNorm: v.array(measured), learningRate: v.array(measured), seconds: v.array(measured),
  }),
  evaluations: v.array(v.object({ step: v.number(), heldOut: scores, train: scores, seconds: v.number() })),
  test: v.optional(v.object({ step: v.number(), scores, rows: v.number() })),
  texts: v.optional(v.object({ first: written, latest: written })),
  scores: v.optional(writtenScores),
});

/** `note`: what of the file was not understood and left out, as a sentence. */
export type ReadRecord = { ok: true; record: RunRecord; note?: string } | { ok: false; sentence: string };

/** Until there were other sources, a model was named by its folder beside the page, and the rows by their task. */
function withSources(value: unknown): unknown {
  const { config } = (value ?? {}) as { config?: Record<string, Record<string, unknown> | undefined> };
  if (typeof config !== 'object' || config === null) return value;
  const renamed = (group: 'model' | 'data', before: string) => {
    const part = config[group];
    if (part?.[before] === undefined || 'source' in part) return part;
    const { [before]: source, ...rest } = part;
    return { ...rest, source };
  };
  return { ...(value as object), config: { ...config, model: renamed('model', 'folder'), data: renamed('data', 'task') } };
}

/** Names in `raw` that reading has not taken over, as paths. */
function unknownIn(raw: unknown, taken: unknown, path: string): string[] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || typeof taken !== 'object' || taken === null) return [];
  return Object.keys(raw).flatMap((name) => (Object.hasOwn(taken, name) ? unknownIn(raw[name as never], taken[name as never], `${path}.${name}`) : [cut(`${path}.${name}`)]));
}

/** What is wrong with the steps of curves and evaluations, as a sentence. */
function stepProblem({ points, evaluations, config: { optimizer } }: Pick<RunRecord, 'points' | 'evaluations' | 'config'>): string | undefined {
  const uneven = POINT_COLUMNS.find((column) => points[column].length !== points.step.length);
  if (uneven) return `points.${uneven} has ${points[uneven].length} values for ${points.step.length} steps`;
  const check = (steps: readonly number[], where: string, least: number, last: number) => {
    const wrong = steps.findIndex((step, index) => !Number.isInteger(step) || step < 0 || (index > 0 && step < steps[index - 1] + least));
    if (wrong >= 0) return `${where} has step ${steps[wrong]}${wrong > 0 ? ` after ${steps[wrong - 1]}` : ''}, where steps are whole numbers that go up`;
    const end = steps.at(-1) ?? 0;
    return end > last ? `${where} has step ${end} of a run of ${optimizer.steps} steps` : undefined;
  };
  // A point is numbered by the step it was measured in, an evaluation by the steps done before it.
  return check(points.step, 'points', 1, optimizer.steps - 1) ?? check(evaluations.map(({ step }) => step), 'evaluations', 0, optimizer.steps);
}

/** Reads the text of a run file. `name` is the file's, for the sentence. */
export function readRecord(text: string, name: string): ReadRecord {
  const wrong = (what: string): ReadRecord => ({ ok: false, sentence: `${name}: ${what}` });
  let value: unknown;
  try {
    value = withSources(JSON.parse(text));
  } catch {
    return wrong('not a JSON file; drop a run that was downloaded from this page as JSON.');
  }
  const found = v.safeParse(record, value);
  if (!found.success) {
    const issue = found.issues[0];
    const where = issue.path?.map((step) => String(step.key)).join('.') || 'the file';
    return wrong(`this is not a run of this page: ${where} is ${cut(issue.received)}, expected ${issue.expected ?? issue.message}.`);
  }
  const read = found.output as RunRecord;
  const problems = configProblems(read.config);
  if (problems.length) return wrong(`its configuration cannot run: ${problems[0]}`);
  const damage = stepProblem(read);
  if (damage) return wrong(`${damage}; the file is damaged.`);
  const ignored = unknownIn((value as { config: RunConfig }).config, read.config, 'config');
  const changes = possibleChanges(read.config, read.changes as Change[], ignored);
  const note = ignored.length === 0 ? {} : { note: `${name}: not understood here and left out: ${ignored.slice(0, MOST_NAMED).join(', ')}${ignored.length > MOST_NAMED ? ` and ${ignored.length - MOST_NAMED} more` : ''}.` };
  return { ok: true, record: { ...read, changes }, ...note };
}

/** All runs of a file; a download of several runs holds them under `runs`. */
export function readRecords(text: string, name: string): ReadRecord[] {
  try {
    const value = JSON.parse(text) as { runs?: unknown } | null;
    if (Array.isArray(value?.runs)) return value.runs.map((run, index) => readRecord(JSON.stringify(run), `${name}, run ${index + 1}`));
  } catch {
    // Not JSON: readRecord says so.
  }
  return [readRecord(text, name)];
}

/** One run as itself, several under `runs`. */
export function jsonOf(records: readonly RunRecord[]): string {
  return JSON.stringify(records.length === 1 ? records[0] : { runs: records });
}

/** A field of a CSV file (RFC 4180). */
const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** What is not a number is an empty cell: no program reads NaN as one. */
const cell = (value: number) => (Number.isFinite(value) ? String(value) : '');

/** What else rows were measured by, as series: heldOutF1. */
const othersOf = (set: string, { others = {} }: Scores) => Object.fromEntries(Object.entries(others).map(([name, value]) => [`${set}${name[0].toUpperCase()}${name.slice(1)}`, value]));

/** Long format: one line a value, so that any tool can pivot it. As RFC 4180 has it: a header, CRLF, quotes doubled. */
export function csvOf(records: readonly RunRecord[]): string {
  const lines = ['run,name,step,seconds,series,value'];
  for (const { id, name, points, evaluations, scores: texts } of records) {
    const start = `${field(id)},${field(name)}`;
    points.step.forEach((step, index) => {
      for (const column of POINT_COLUMNS) {
        if (column !== 'seconds') lines.push(`${start},${step + 1},${cell(points.seconds[index])},${column},${cell(points[column][index])}`);
      }
    });
    for (const { step, seconds, heldOut, train } of evaluations) {
      const values = { heldOutLoss: heldOut.loss, heldOutMetric: heldOut.metric, trainLoss: train.loss, trainMetric: train.metric, ...othersOf('heldOut', heldOut), ...othersOf('train', train) };
      for (const [series, value] of Object.entries(values)) lines.push(`${start},${step},${cell(seconds)},${series},${cell(value)}`);
    }
    // Of no moment of the run: they were written after it.
    for (const scored of [texts?.before, texts?.after]) {
      for (const [group, values] of Object.entries(scored?.scores ?? {})) {
        for (const [score, value] of Object.entries(values)) lines.push(`${start},${scored!.step},,${score} ${group},${cell(value)}`);
      }
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
