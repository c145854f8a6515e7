/** Studies on the page: those that come along, and those that somebody brings; results in and out. The code is that of `npm run study`. */
import { estimate, readLines, type ResultLine } from '../../studies/lines';
import { pictureOf } from '../../studies/picture';
import { pageOf, type Table, tablesOf as tablesOfResult } from '../../studies/report';
import { resultsOf } from '../../studies/results';
import { readStudy, type Study, trialsOf } from '../../studies/study';
import { linkOf, openLink } from '../../config/url';
import type { Playground } from '../playground';
import { leftIn } from '../queue/state';
import { named } from './grid';

export type { Study, Table };

const files = import.meta.glob<{ default: unknown }>('../../studies/experiments/*.json', { eager: true });

/** The studies that come along. */
export const EXPERIMENTS: readonly Study[] = Object.entries(files).map(([path, { default: value }]) => readStudy(value, path.split('/').at(-1)!));

/** What a dropped file is: a study, results, or a sentence why neither. */
export type Brought = { kind: 'study'; study: Study } | { kind: 'lines'; lines: ResultLine[]; note: string } | { kind: 'neither'; sentence: string };

export function readBrought(text: string, name: string): Brought {
  if (!name.endsWith('.jsonl')) {
    try {
      const study = readStudy(JSON.parse(text), name);
      // What cannot be run is said now, and not in the middle of a queue.
      trialsOf(study);
      return { kind: 'study', study };
    } catch (error) {
      if (!(error instanceof SyntaxError)) return { kind: 'neither', sentence: `${(error as Error).message}. docs/studies.md says what a study is.` };
    }
  }
  const { lines, bad } = readLines(text);
  if (lines.length === 0) return { kind: 'neither', sentence: `${name} is neither a study (JSON) nor results (a JSON line a run, as npm run study writes them).` };
  return { kind: 'lines', lines, note: `${lines.length} ${lines.length === 1 ? 'result' : 'results'} of ${name} ${lines.length === 1 ? 'is' : 'are'} here${bad > 0 ? `; ${bad} ${bad === 1 ? 'line was' : 'lines were'} cut off or no result` : ''}.` };
}

export interface StudyView {
  runs: { link: string; name: string }[];
  done: number;
  of: number;
  tables: Table[];
  picture: string;
}

/** A study with what is there of it. @param seeds only the first so many */
export function viewOf(all: Study, seeds: number, lines: readonly ResultLine[]): StudyView {
  const study = { ...all, seeds: all.seeds.slice(0, seeds) };
  const result = resultsOf(study, lines);
  const runs = [...new Map(trialsOf(study).map((trial) => [trial.link, named(trial)])).values()];
  return { runs, done: result.done, of: result.of, tables: tablesOfResult(study, result), picture: pictureOf(study, result, lines) };
}

/** The page of results as a file. */
export const markdownOf = (study: Study, lines: readonly ResultLine[]): string => pageOf(study, resultsOf(study, lines), lines, `${study.name}.svg`);

/** Results of a study's runs, as `npm run study` writes them. */
export function linesOf(study: Study, lines: ReadonlyMap<string, ResultLine>): string {
  return [...new Set(trialsOf(study).map(({ link }) => link))].flatMap((link) => (lines.has(link) ? [`${JSON.stringify(lines.get(link))}\n`] : [])).join('');
}

/** Seconds that runs will take, by those that were made in this browser; undefined before there is one. */
export function secondsOf(links: readonly string[], { store, data, queue }: Pick<Playground, 'store' | 'data' | 'queue'>): number | undefined {
  const { lines } = queue.store.getState();
  const own = store.getState().runs.flatMap((run) => {
    const last = data.get(run.id)?.evaluations.at(-1);
    return run.kind === 'live' && last && last.seconds > 0 && run.changes.length === 0 ? [{ link: linkOf({ ...run.config, optimizer: { ...run.config.optimizer, steps: last.step } }), seconds: last.seconds }] : [];
  });
  return estimate(links.filter((link) => !lines.has(link)), [...lines.values(), ...own]);
}

/** What is left of the queue, in seconds. */
export function secondsLeft(page: Pick<Playground, 'store' | 'data' | 'queue'>): number | undefined {
  const state = page.queue.store.getState();
  if (leftIn(state) === 0) return 0;
  const all = secondsOf([...state.waiting.map(({ link }) => link), ...(state.going ? [state.going.link] : [])], page);
  const one = state.going && secondsOf([state.going.link], page);
  return all === undefined || one === undefined || !state.going ? all : all - one * Math.min(1, state.going.step / openLink(state.going.link).config.optimizer.steps);
}

/** A time that nobody counts on to the second. */
export const roughly = (seconds: number): string => (seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`);

/** The tables of a study with what is there of it. */
export function tablesOf(study: Study, lines: ReadonlyMap<string, ResultLine>): Table[] {
  return tablesOfResult(study, resultsOf(study, [...lines.values()]));
}
