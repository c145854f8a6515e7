/** The points and evaluations of one run, kept outside React and outside the store: hundreds arrive a second. */
import type { FromEngine } from '../protocol/messages';
import type { Scores } from '../protocol/runMessages';
import type { RunRecord } from '../protocol/run';
import { Column } from './column';

export interface Evaluation {
  step: number;
  heldOut: Scores;
  train: Scores;
  seconds: number;
}

export const POINT_COLUMNS = ['crossEntropy', 'consistency', 'gradientNorm', 'learningRate', 'seconds'] as const;
export type PointColumn = (typeof POINT_COLUMNS)[number];

type PointsEvent = Extract<FromEngine, { type: 'points' }>;

export class RunData {
  readonly step = new Column();
  readonly crossEntropy = new Column();
  readonly consistency = new Column();
  readonly gradientNorm = new Column();
  readonly learningRate = new Column();
  readonly seconds = new Column();
  readonly evaluations: Evaluation[] = [];
  /** Whether any consistency value differs from zero: without one its chart is not shown. */
  hasConsistency = false;
  /** Grows with every arrival, so that derived rows know when they are stale. */
  version = 0;

  appendPoints(event: Pick<PointsEvent, 'from' | PointColumn>): void {
    const count = event.crossEntropy.length;
    this.step.append(Array.from({ length: count }, (_, index) => event.from + index));
    for (const name of POINT_COLUMNS) this[name].append(event[name]);
    this.hasConsistency ||= event.consistency.some((value) => value !== 0);
    this.version += 1;
  }

  appendEvaluation(evaluation: Evaluation): void {
    // A run that goes on evaluates again where it was saved; one of the two is enough.
    if (this.evaluations.at(-1)?.step === evaluation.step) return;
    this.evaluations.push(evaluation);
    this.version += 1;
  }

  /** The first `steps` steps, as if the later ones had never been. */
  upTo(steps: number): RunData {
    const data = new RunData();
    const taken = this.step.view().filter((step) => step < steps).length;
    data.step.append(this.step.view().subarray(0, taken));
    for (const name of POINT_COLUMNS) data[name].append(this[name].view().subarray(0, taken));
    data.hasConsistency = data.consistency.view().some((value) => value !== 0);
    data.evaluations.push(...this.evaluations.filter(({ step }) => step <= steps));
    data.version = this.version + 1;
    return data;
  }

  /** Steps done: points count steps from 0, so one more than the last one's number. */
  stepsDone(): number {
    return Math.max((this.step.last() ?? -1) + 1, this.evaluations.at(-1)?.step ?? 0);
  }

  toRecord(): Pick<RunRecord, 'points' | 'evaluations'> {
    const list = (column: Column) => Array.from(column.view(), (value) => Number(value.toPrecision(7)));
    const { step, crossEntropy, consistency, gradientNorm, learningRate, seconds } = this;
    return {
      points: {
        step: list(step), crossEntropy: list(crossEntropy), consistency: list(consistency),
        gradientNorm: list(gradientNorm), learningRate: list(learningRate), seconds: list(seconds),
      },
      evaluations: [...this.evaluations],
    };
  }

  /** @param steps how many steps of the record to take: a run that goes on brings the later ones anew */
  static fromRecord({ points, evaluations }: Pick<RunRecord, 'points' | 'evaluations'>, steps = Infinity): RunData {
    const data = new RunData();
    const taken = points.step.filter((step) => step < steps).length;
    data.step.append(points.step.slice(0, taken));
    for (const name of POINT_COLUMNS) data[name].append(points[name].slice(0, taken));
    data.hasConsistency = points.consistency.some((value) => value !== 0);
    data.evaluations.push(...evaluations.filter(({ step }) => step <= steps));
    return data;
  }
}
