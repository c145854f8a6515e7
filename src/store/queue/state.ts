/** What a queue of runs is, for those who show it. */
import type { ResultLine } from '../../studies/lines';
import type { Evaluation } from '../runData';

export interface Queued {
  /** The run, as a link; a queue has each once. */
  link: string;
  name: string;
}

export interface GoingRun extends Queued {
  step: number;
  of: number;
  evaluations: readonly Evaluation[];
  /** `resting`: a person's own run has the GPU, or the queue is paused; it goes on from its snapshot. */
  phase: 'building' | 'running' | 'testing' | 'resting';
}

export interface QueueState {
  waiting: readonly Queued[];
  going: GoingRun | undefined;
  /** Runs that could not be made, each with a sentence. */
  failed: readonly (Queued & { sentence: string })[];
  /** A person has paused it. */
  held: boolean;
  /** Runs that were finished since it was last empty. */
  done: number;
  /** Results of all finished runs that this browser has, by their link. */
  lines: ReadonlyMap<string, ResultLine>;
  /** Studies that somebody brought, as the texts of their files, by name. */
  studies: Readonly<Record<string, string>>;
}

export const EMPTY_QUEUE: QueueState = { waiting: [], going: undefined, failed: [], held: false, done: 0, lines: new Map(), studies: {} };

/** Runs that are still to be finished. */
export const leftIn = ({ waiting, going }: QueueState): number => waiting.length + (going ? 1 : 0);
