/** Pure: what the curves show, as sentences computed from the data. Nothing is claimed that one seed cannot carry. */
import { type Best, bestOf, isSpent, withEvaluation } from '../config/best';
import type { RunConfig } from '../config/config';
import { digits, percent } from '../protocol/format';
import { type MetricWords, type Problem } from './metrics';
import type { Evaluation } from './runData';

export interface Lowest {
  step: number;
  loss: number;
}

/** The evaluation with the lowest held-out loss. */
export function lowestHeldOut(evaluations: readonly Evaluation[]): Lowest | undefined {
  const best = evaluations.reduce<Best | undefined>((found, { step, heldOut }) => withEvaluation(found, step, -heldOut.loss), undefined);
  return best && { step: best.step, loss: -best.merit };
}

/** Those whose losses are numbers: what is not is a hole, and no story goes through it. */
const measured = (evaluations: readonly Evaluation[]) => evaluations.filter(({ heldOut, train }) => Number.isFinite(heldOut.loss) && Number.isFinite(train.loss));

/** Held-out rise over its lowest value, as a share; 0 where it is still at its lowest. */
export function riseSinceLowest(evaluations: readonly Evaluation[]): number {
  const best = lowestHeldOut(evaluations);
  const last = measured(evaluations).at(-1);
  return best && last && best.loss > 0 ? last.heldOut.loss / best.loss - 1 : 0;
}

export type Course = 'waiting' | 'starting' | 'broken' | 'flat' | 'falling' | 'settling' | 'overfitting';

/** Which of a few stories the evaluations tell so far. */
export function courseOf(all: readonly Evaluation[]): Course {
  if (all.length === 0) return 'waiting';
  const evaluations = measured(all);
  const first = evaluations[0];
  const last = evaluations[evaluations.length - 1];
  if (last !== all[all.length - 1]) return 'broken';
  if (evaluations.length < 3) return 'starting';
  const best = lowestHeldOut(evaluations)!;
  const atBest = evaluations.find(({ step }) => step === best.step)!;
  if (riseSinceLowest(evaluations) >= 0.05 && last.train.loss < atBest.train.loss) return 'overfitting';
  if (best.loss > first.heldOut.loss * 0.98) return 'flat';
  const newest = evaluations.slice(-3);
  return newest[0].heldOut.loss - last.heldOut.loss > 0.01 * first.heldOut.loss ? 'falling' : 'settling';
}

/** Whether dropout is worth a try after this run: held-out loss plainly up, training loss plainly down. */
export function visiblyOverfits(evaluations: readonly Evaluation[]): boolean {
  return courseOf(evaluations) === 'overfitting' && riseSinceLowest(evaluations) >= 0.1;
}

/** For text: what the held-out loss means, token by token. Its perplexity falls and rises with it. */
function describePerplexity(evaluations: readonly Evaluation[], finished: boolean): string {
  const last = evaluations.at(-1);
  const lowest = Math.min(...evaluations.map(({ heldOut }) => heldOut.metric).filter(Number.isFinite));
  if (!last || evaluations.length < 3 || !Number.isFinite(last.heldOut.metric)) return '';
  const { metric } = last.heldOut;
  const best = metric > lowest * 1.05 ? `; at best it was ${digits(lowest)}` : '';
  return ` Each held-out token ${finished ? 'was' : 'is'} as uncertain as a choice among ${digits(metric)} equally likely ones (perplexity, lower is better)${best}.`;
}

/** What one run shows, in a sentence; two for text. */
export function describeRun(evaluations: readonly Evaluation[], finished: boolean, problem: Problem = 'classification'): string {
  return describeCourse(evaluations, finished) + (problem === 'language_model' ? describePerplexity(evaluations, finished) : '');
}

/** Also for a run that was stopped before an evaluation could show it. */
export const DIVERGED = 'This run has diverged: its loss left all bounds.';

function describeCourse(all: readonly Evaluation[], finished: boolean): string {
  const course = courseOf(all);
  const evaluations = measured(all);
  const best = lowestHeldOut(evaluations);
  const last = evaluations.at(-1);
  if (course === 'waiting' && finished) return 'This run ended before its first evaluation.';
  if (course === 'waiting') return 'The first evaluation will appear here: loss on rows the model never trains on.';
  if (course === 'broken' || !best || !last) return DIVERGED;
  if (course === 'starting' && finished) {
    return `Held-out loss went from ${digits(evaluations[0].heldOut.loss)} to ${digits(last.heldOut.loss)}. Two evaluations or fewer show no course: run longer, or evaluate more often.`;
  }
  if (course === 'starting') return `Held-out loss starts at ${digits(evaluations[0].heldOut.loss)}. Two more evaluations show where it goes.`;
  if (course === 'overfitting') {
    return `Held-out loss was lowest at step ${best.step} (${digits(best.loss)}) and has risen ${percent(riseSinceLowest(evaluations), 2)} since, while training loss kept falling to ${digits(last.train.loss)}: overfitting.`;
  }
  const gap = `the gap to training rows is ${digits(last.heldOut.loss - last.train.loss)}`;
  if (course === 'flat') return `Held-out loss has not moved from ${digits(evaluations[0].heldOut.loss)} by more than 2 %: ${finished ? 'nothing general was learned' : 'nothing general is learned yet'}.`;
  if (course === 'falling') return `Held-out loss ${finished ? 'was still falling at the end' : 'is still falling'}, now ${digits(last.heldOut.loss)}; ${gap}.`;
  return `Held-out loss has settled near ${digits(last.heldOut.loss)}, lowest ${digits(best.loss)} at step ${best.step}; ${gap}.`;
}

/** That a run ended before its last step, and why; undefined where it did not end by itself. */
export function describeEarlyEnd(config: RunConfig, evaluations: readonly Evaluation[]): string | undefined {
  const { evaluation: { patience, chooses }, optimizer: { steps } } = config;
  const best = bestOf(evaluations, config);
  const last = evaluations.at(-1);
  if (!best || !last || last.step >= steps || !isSpent(best, patience)) return undefined;
  return `It ended early, at step ${last.step} of ${steps}: ${patience === 1 ? 'one evaluation' : `${patience} evaluations in a row`} had no better held-out ${chooses} than step ${best.step}.`;
}

export interface NamedRun {
  name: string;
  seed: number;
  evaluations: readonly Evaluation[];
}

/** Share of the reference's lowest loss below which one seed shows no difference. */
const NO_DIFFERENCE = 0.01;

/** An honest comparison of two runs by lowest held-out loss and last gap; undefined while there is too little to compare. */
export function compareRuns(run: NamedRun, reference: NamedRun): string | undefined {
  const best = lowestHeldOut(run.evaluations);
  const other = lowestHeldOut(reference.evaluations);
  if (!best || !other || run.evaluations.length < 3 || reference.evaluations.length < 3) return undefined;
  const difference = best.loss - other.loss;
  const caution = run.seed === reference.seed ? 'one seed' : 'two different seeds';
  const size = digits(Math.abs(difference), 2);
  const lowest = Math.abs(difference) <= NO_DIFFERENCE * other.loss
    ? `${run.name} and ${reference.name} reach the same lowest held-out loss within 1 %`
    : `${run.name}: lowest held-out loss ${size} ${difference < 0 ? 'below' : 'above'} that of ${reference.name}`;
  const verdict = Math.abs(difference) <= NO_DIFFERENCE * other.loss ? 'no clear difference' : difference < 0 ? 'better at its best point' : 'no help at its best point';
  return `${lowest}: ${verdict}, ${caution}.${compareEnds(run, reference)}`;
}

/** More comparisons than this are a wall of text that says less than the table. */
const MOST_COMPARED = 2;

/** One run against others: a sentence for each of the first, and one that says where the rest are. */
export function compareWithAll(run: NamedRun, references: readonly NamedRun[]): string[] {
  const sentences = references.flatMap((reference) => compareRuns(run, reference) ?? []);
  const left = sentences.length - MOST_COMPARED;
  return left > 0 ? [...sentences.slice(0, MOST_COMPARED), `${left === 1 ? 'One more pinned run is' : `${left} more pinned runs are`} compared in the table of runs.`] : sentences;
}

/** Held-out loss and gap at the last step that both runs were evaluated at: who stops at the best point does not see what comes after. */
function compareEnds(run: NamedRun, reference: NamedRun): string {
  const theirs = new Map(measured(reference.evaluations).map((evaluation) => [evaluation.step, evaluation]));
  const common = measured(run.evaluations).reverse().find(({ step }) => step > 0 && theirs.has(step));
  if (!common) return '';
  const gap = ({ heldOut, train }: Evaluation) => heldOut.loss - train.loss;
  const their = theirs.get(common.step)!;
  return ` At step ${common.step} held-out loss is ${digits(common.heldOut.loss, 2)} against ${digits(their.heldOut.loss, 2)}, the gap ${digits(gap(common), 2)} against ${digits(gap(their), 2)}.`;
}

/** The short form that is read out while a run goes on. */
export function announce(evaluation: Evaluation, { metric, speak }: Pick<MetricWords, 'metric' | 'speak'>): string {
  const value = `held-out ${metric} ${speak(evaluation.heldOut.metric)}`;
  return `Step ${evaluation.step}. Training loss ${digits(evaluation.train.loss, 2)}, held-out loss ${digits(evaluation.heldOut.loss, 2)}, ${value}.`;
}
