/** Pure: what one chart shows, from runs and view settings: lines, rows, domains. No colours and no pixels. */
import { bestOf } from '../config/best';
import type { RunConfig } from '../config/config';
import { hasTerm } from './holes';
import { LOOKS, type Problem } from './metrics';
import { sameData } from '../config/diff';
import { type MetricName, metricsOf } from '../config/tasks';
import type { RunData } from './runData';
import { type Axis, evaluationOnAxis, type Line, pointsOnAxis, roundUp, type Row, rowsOf, smooth, stepOnAxis } from './series';
import type { RunInfo, ViewSettings } from './state';

export const CHART_KINDS = ['loss', 'metric', 'gap', 'consistency'] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** heldOut: thick; other: a further metric, thin and dashed; train: clean training loss; stochastic: per step with dropout on; shadow: the same unsmoothed. */
export type Role = 'heldOut' | 'other' | 'train' | 'stochastic' | 'shadow' | 'gap' | 'consistency';

export interface ChartLine {
  key: string;
  runId: string;
  role: Role;
  /** On the chart of the metric: which one it is. */
  metric?: MetricName;
  /** Few enough evaluations that each deserves a dot. */
  dots: boolean;
}

export interface ChartModel {
  kind: ChartKind;
  lines: ChartLine[];
  rows: Row[];
  /** What x counts. */
  axis: Axis;
  x: [number, number];
  y: [number, number];
  /** Whether y is a share, which is read in percent. */
  share: boolean;
  log: boolean;
  /** What guessing reaches; undefined where that is not known. */
  chance: number | undefined;
  /** The best evaluation of each run, whose weights the test takes: on the charts of the held-out loss and metric. */
  bests: { runId: string; x: number; y: number }[];
  /** Places of hot changes of the current run, on the x axis. */
  marks: { x: number; index: number }[];
}

export interface ChartInput {
  kind: ChartKind;
  runs: readonly RunInfo[];
  data: ReadonlyMap<string, RunData>;
  view: ViewSettings;
  /** The run whose per-step lines are drawn; others show evaluations only. */
  focus: string | undefined;
  /** What the focused run's task asks. */
  problem: Problem;
  /** Number of classes of a classification. */
  classes: number;
}

const FEW_EVALUATIONS = 20;

/** Rows that one optimizer step sees. */
export const rowsAStep = ({ optimizer }: RunConfig) => optimizer.batchSize * optimizer.accumulation;

function evaluationLine(role: Role, run: RunInfo, data: RunData, axis: Axis, value: (index: number) => number): Line & ChartLine {
  const x = data.evaluations.map((evaluation) => evaluationOnAxis(evaluation, axis, rowsAStep(run.config)));
  return { key: `${role}:${run.id}`, runId: run.id, role, dots: x.length < FEW_EVALUATIONS, x, y: x.map((_, index) => value(index)) };
}

function stepLine(role: Role, run: RunInfo, data: RunData, axis: Axis, y: ArrayLike<number>): Line & ChartLine {
  return { key: `${role}:${run.id}`, runId: run.id, role, dots: false, x: pointsOnAxis(data, axis, rowsAStep(run.config)), y };
}

/** `line` without the points that `wanted` says no to: they are no holes, nothing was to be there. */
function only<L extends Line>(line: L, wanted: (index: number) => boolean): L {
  const kept = Array.from({ length: line.x.length }, (_, index) => index).filter(wanted);
  return kept.length === line.x.length ? line : { ...line, x: kept.map((index) => line.x[index]), y: kept.map((index) => line.y[index]) };
}

/** The metric of a run, and of the focused one what else it is measured by. */
function metricLines(run: RunInfo, data: RunData, axis: Axis, focused: boolean): (Line & ChartLine)[] {
  const at = data.evaluations;
  const [first, ...others] = metricsOf(run.config.data);
  const lineOf = (metric: MetricName) => ({ ...evaluationLine('other', run, data, axis, (index) => at[index].heldOut.others?.[metric] ?? Number.NaN), key: `${metric}:${run.id}`, metric });
  const known = others.filter((name) => focused && at.some(({ heldOut }) => heldOut.others?.[name] !== undefined));
  return [...known.map(lineOf), { ...evaluationLine('heldOut', run, data, axis, (index) => at[index].heldOut.metric), metric: first }];
}

function linesOf(kind: ChartKind, run: RunInfo, data: RunData, view: ViewSettings, focused: boolean): (Line & ChartLine)[] {
  const { axis, smoothing } = view;
  const at = data.evaluations;
  if (kind === 'metric') return metricLines(run, data, axis, focused);
  if (kind === 'gap') return [evaluationLine('gap', run, data, axis, (index) => at[index].heldOut.loss - at[index].train.loss)];
  const column = kind === 'loss' ? data.crossEntropy : data.consistency;
  const perStep = (role: Role) => {
    const raw = column.view();
    if (smoothing === undefined) return [stepLine(role, run, data, axis, raw)];
    const shadow = focused ? [stepLine('shadow', run, data, axis, raw)] : [];
    return [...shadow, stepLine(role, run, data, axis, smooth(raw, smoothing))];
  };
  if (kind === 'consistency') {
    const due = hasTerm(run);
    return data.hasConsistency ? perStep('consistency').map((line) => only(line, (index) => due(data.step.at(index)))) : [];
  }
  return [
    ...(focused ? perStep('stochastic') : []),
    evaluationLine('train', run, data, axis, (index) => at[index].train.loss),
    evaluationLine('heldOut', run, data, axis, (index) => at[index].heldOut.loss),
  ];
}

function xEnd(all: readonly RunInfo[], data: ReadonlyMap<string, RunData>, axis: Axis): number {
  // The recorded run is a picture from elsewhere; beside one's own it does not say how long the axis is.
  const own = all.filter(({ kind }) => kind !== 'recorded');
  const ends = (own.length ? own : all).map(({ id, config }) => {
    const { steps } = config.optimizer;
    if (axis === 'seconds') return data.get(id)?.seconds.last() ?? 0;
    // The whole planned length, so that a line grows into a frame that stands still.
    return steps * (axis === 'examples' ? rowsAStep(config) : 1);
  });
  const end = Math.max(0, ...ends.filter(Number.isFinite));
  return axis === 'seconds' ? roundUp(end || 10) : end || 300;
}

/** Smallest and largest value of lines that have to be in the frame; infinite where there is none. */
function extent(lines: readonly Line[], log: boolean, steps: readonly Line[] = []): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    const values = Array.from(line.y).filter((value) => Number.isFinite(value) && (!log || value > 0));
    if (values.length === 0) continue;
    const sorted = values.sort((a, b) => a - b);
    low = Math.min(low, sorted[0]);
    // Single spikes of single steps may leave the frame; evaluations may not.
    high = Math.max(high, steps.includes(line) ? sorted[Math.floor((sorted.length - 1) * 0.98)] : sorted[sorted.length - 1]);
  }
  return [low, high];
}

/** How many times as high as the focused run another may reach before it leaves the frame: one that diverged would flatten all others. */
const OTHERS_REACH = 3;
/** A gap this high is drawn whatever the focused run's is, which may still be around zero. */
const USUAL_GAP = 6;
/** Room beyond the last value, as a share of the range, so that a line at the end of the axis is drawn at its full width. */
const MARGIN = 0.02;

/** Where lines of other runs leave the frame, for a focused run whose highest value is `focused`. */
function reachOf(kind: ChartKind, focused: number, chance = 0): number {
  if (!Number.isFinite(focused) || kind === 'consistency') return Infinity;
  return Math.max(OTHERS_REACH * Math.max(focused, kind === 'loss' ? chance : 0), kind === 'gap' ? USUAL_GAP : 0);
}

function yRange(kind: ChartKind, lines: readonly (Line & ChartLine)[], focus: string | undefined, log: boolean, chance: number | undefined, share: boolean): [number, number] {
  const steps = lines.filter(({ role }) => role === 'shadow' || role === 'stochastic' || role === 'consistency');
  const [low, all] = extent(lines, log, steps);
  if (share) return shareRange(low, chance);
  if (!Number.isFinite(all)) return log ? [0.01, 1] : kind === 'gap' ? [-0.1, 0.5] : [0, chance ? chance * 1.15 : 1];
  const high = Math.min(all, reachOf(kind, extent(lines.filter(({ runId }) => runId === focus), log, steps)[1], chance));
  if (log) return [10 ** Math.floor(Math.log10(Math.max(low, 1e-6))), 10 ** Math.ceil(Math.log10(Math.max(high, 1e-6)) + 1e-9)];
  const top = roundUp(Math.max(high, kind === 'loss' && chance ? chance * 1.15 : high) * 1.02);
  if (kind === 'metric' || kind === 'gap') return [low < 0 ? -roundUp(-low * 1.02) : 0, Math.max(top, kind === 'metric' ? 1 + MARGIN : 0.1)];
  return [-MARGIN * top, top];
}

/** A share up to 1, from the tenth below its lowest value, or from below guessing, so that the height is spent where lines are. */
function shareRange(low: number, chance: number | undefined): [number, number] {
  const bottom = Math.max(low < 0 ? -1 : 0, Math.floor(Math.min(low, Number.isFinite(low) ? 0.9 : (chance ?? 0)) * 10 + 1e-9) / 10);
  return [bottom - MARGIN * (1 - bottom), 1 + MARGIN * (1 - bottom)];
}

/** What guessing reaches, where a line for it helps: a language model guesses so badly that the line would flatten all others. */
function chanceOf(kind: ChartKind, problem: Problem, metric: MetricName, classes: number): number | undefined {
  if (kind === 'metric') return metric === 'accuracy' ? 1 / classes : metric === 'matthews' || metric === 'pearson' ? 0 : undefined;
  return problem === 'classification' && kind === 'loss' ? Math.log(classes) : undefined;
}

/** What a run of each kind is measured by first, where none is there to say more. */
const USUAL: Record<Problem, MetricName> = { classification: 'accuracy', regression: 'pearson', language_model: 'perplexity' };

export function buildChart({ kind, runs, data, view, focus, problem, classes }: ChartInput): ChartModel {
  // Cross-entropy and squared error have no common axis, so only runs of the focused run's task are drawn.
  const focused = runs.find((run) => run.id === focus)?.config;
  const visible = runs.filter((run) => !run.hidden && data.has(run.id) && (focused === undefined || sameData(run.config, focused)));
  const lines = visible.flatMap((run) => linesOf(kind, run, data.get(run.id)!, view, run.id === focus));
  const log = view.logScale && (kind === 'loss' || kind === 'consistency');
  const [metric] = focused ? metricsOf(focused.data) : [USUAL[problem]];
  const chance = chanceOf(kind, problem, metric, classes);
  const share = kind === 'metric' && LOOKS[metric].share;
  const current = visible.find((run) => run.id === focus);
  const marks = (current?.changes ?? []).flatMap((change, index) => {
    const x = stepOnAxis(data.get(current!.id)!, change.step, view.axis, rowsAStep(current!.config));
    return x === undefined ? [] : [{ x, index }];
  });
  // A logarithmic axis has no place for what is not positive.
  const drawable = log ? lines.map((line) => only(line, (index) => !(line.y[index] <= 0))) : lines;
  const x: [number, number] = [0, xEnd(visible, data, view.axis)];
  return {
    kind,
    lines: lines.map(({ key, runId, role, dots, metric: name }) => ({ key, runId, role, dots, ...(name && { metric: name }) })),
    rows: rowsOf(drawable).filter((row) => row.x <= x[1]),
    axis: view.axis,
    share,
    x,
    y: yRange(kind, lines, focus, log, chance, share),
    log,
    chance,
    bests: kind === 'loss' || kind === 'metric' ? visible.flatMap((run) => bestPoint(run, data.get(run.id)!, lines)).filter(({ y }) => Number.isFinite(y) && (!log || y > 0)) : [],
    marks,
  };
}

/** Where the best evaluation of a run lies on its held-out line; nowhere before there are two to choose from, nor for a run recorded elsewhere. */
function bestPoint(run: RunInfo, { evaluations }: RunData, lines: readonly (Line & ChartLine)[]): ChartModel['bests'] {
  const best = bestOf(evaluations, run.config);
  const line = lines.find(({ runId, role }) => runId === run.id && role === 'heldOut');
  if (!best || !line || evaluations.length < 2 || run.kind === 'recorded') return [];
  const index = evaluations.findIndex(({ step }) => step === best.step);
  return [{ runId: run.id, x: line.x[index], y: line.y[index] }];
}

/** Round places for labels between two ends: 0, 50, 100 … or powers of ten. */
export function ticks([low, high]: readonly [number, number], log: boolean, wanted = 5): number[] {
  if (log) {
    const first = Math.round(Math.log10(low));
    const count = Math.round(Math.log10(high)) - first + 1;
    return Array.from({ length: count }, (_, index) => 10 ** (first + index));
  }
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999)! * power;
  const result: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-6; index++) result.push(Number((index * step).toPrecision(10)));
  return result;
}
