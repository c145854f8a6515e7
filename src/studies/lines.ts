/** Results of runs, one JSON line each: written by the command and the page, read by both. */
import type { RunConfig } from '../config/config';
import { isTask } from '../config/tasks';
import { openLink } from '../config/url';
import type { Scores } from '../protocol/runMessages';

/** One finished run, a line of a results file. */
export interface ResultLine {
  /** The run, as a link. */
  link: string;
  /** Adapter and profile. */
  device: string;
  /** ISO date of its end. */
  date: string;
  /** Seconds of training, evaluations included. */
  seconds: number;
  evaluations: { step: number; heldOut: Scores; train: Scores }[];
  /** Scores of the test rows with the weights of the best evaluation. */
  test: Scores;
}

export function lineOf(link: string, { device, seconds, evaluations, test }: Omit<ResultLine, 'link' | 'date'>): ResultLine {
  return { link, device, date: new Date().toISOString(), seconds, evaluations: evaluations.map(({ step, heldOut, train }) => ({ step, heldOut, train })), test };
}

const isScores = (value: unknown): value is Scores => typeof (value as Scores | null)?.loss === 'number' && typeof (value as Scores).metric === 'number';

function isLine(value: unknown): value is ResultLine {
  const { link, device, date, seconds, evaluations, test } = (value ?? {}) as Partial<ResultLine>;
  return typeof link === 'string' && typeof device === 'string' && typeof date === 'string' && typeof seconds === 'number' && isScores(test)
    && Array.isArray(evaluations) && evaluations.every((one: Partial<ResultLine['evaluations'][number]> | null) => typeof one?.step === 'number' && isScores(one.heldOut));
}

/** Lines of a file's text; one that is cut off or no result is left out and counted. */
export function readLines(text: string): { lines: ResultLine[]; bad: number } {
  let bad = 0;
  const lines = text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      // JSON has no NaN: what was none was written as null.
      const value: unknown = JSON.parse(line, (_, part: unknown) => (part === null ? Number.NaN : part));
      if (isLine(value)) return [value];
    } catch {
      // A run that ended in the middle of writing it.
    }
    bad += 1;
    return [];
  });
  return { lines, bad };
}

/** By link; of two lines of one run the first counts, so that a repetition cannot be picked. */
export function byLinkOf(lines: readonly ResultLine[]): Map<string, ResultLine> {
  const byLink = new Map<string, ResultLine>();
  for (const line of lines) if (!byLink.has(line.link)) byLink.set(line.link, line);
  return byLink;
}

/** What a run asks of the adapter, in rows forwards; a backward pass counts as two, a frozen second pass as one. */
function workOf({ optimizer: { steps, batchSize, accumulation }, evaluation: { every, rows }, consistency }: RunConfig): number {
  const second = consistency.kind === 'none' ? 0 : 1 / (consistency.every ?? 1);
  return steps * batchSize * accumulation * (3 + second) + (Math.floor(steps / every) + 1) * ((rows || 500) + 128);
}

/** Rows of a task that are scored when a run is over, which its seconds do not count; of a table nobody knows here. */
const TEST_ROWS = 2000;
const testOf = ({ data: { source } }: RunConfig) => (isTask(source) ? TEST_ROWS : 0);

/** A group of runs whose times say something about each other. */
const sortOf = ({ model, data }: RunConfig) => JSON.stringify([model.source, model.peft, data.source, data.maxLength]);

/**
 * Seconds that runs take, the scoring of their test rows included, from what others took: of the same model and data where there are some, else of any.
 * @returns undefined where no run was made yet
 */
export function estimate(links: readonly string[], lines: Iterable<Pick<ResultLine, 'link' | 'seconds'>>): number | undefined {
  const perWork = new Map<string, number[]>();
  const all: number[] = [];
  for (const { link, seconds } of lines) {
    const { config } = openLink(link);
    const value = seconds / workOf(config);
    all.push(value);
    perWork.set(sortOf(config), [...perWork.get(sortOf(config)) ?? [], value]);
  }
  if (all.length === 0) return undefined;
  const middle = (values: number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
  return links.reduce((sum, link) => {
    const { config } = openLink(link);
    return sum + (workOf(config) + testOf(config)) * middle(perWork.get(sortOf(config)) ?? all);
  }, 0);
}
