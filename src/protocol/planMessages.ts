/** Asking what a configuration will cost, and being told. */
import type { RunConfig } from '../config/config';
import type { Fault } from './faults';

/** What an adapter is given to do. */
export interface Work {
  /** Of all matrix products. */
  multiplyAdds: number;
  dispatches: number;
}

/** How long this adapter takes, in seconds: what `Work` is multiplied with. */
export interface Gauge {
  multiplyAdd: number;
  dispatch: number;
}

/** What a configuration will cost, known before anything is allocated. */
export interface PlanSummary {
  bytes: { weights: number; optimizer: number; train: number; evaluate: number; total: number };
  /** Largest buffers first, at most three. */
  largest: { label: string; bytes: number }[];
  dispatchesPerStep: number;
  /** Of a whole run, evaluations included. */
  work: Work;
  parameters: { trainable: number; total: number };
  model: { layers: number; heads: number; width: number; vocabulary: number };
  /** Layers below the first dropped one: computed once for both passes, or (`cached`) once for every training row. */
  shared: { layers: number; cached: boolean };
  /** Of the training rows: tokens that batches are wide, ascending; how many times the real tokens that is; rows that lost their end. */
  lengths: { widths: number[]; padding: number; cut: number };
  /** Of all rows, those of which a prompt leaves nothing to write. */
  rows?: { of: number; leftOut: number };
  /** Where rows are conversations: whether the model's own template puts them into text, how many it does not take, and what it says of the first. */
  conversations?: { template: boolean; refused: number; said?: string };
}

export type PlanCommand =
  /** Plan `config` without starting it: answers `planned` or `fault`, and compiles its pipelines in the background. */
  | { type: 'prepare'; config: RunConfig }
  /** What runs would take that go on together: answers `race_planned`. */
  | { type: 'plan_race'; configs: RunConfig[] };

export type PlanEvent =
  | { type: 'planned'; config: RunConfig; summary: PlanSummary }
  /** Said once, after the first plan: the adapter was measured. */
  | { type: 'gauged'; gauge: Gauge }
  | { type: 'compiling'; done: number; of: number }
  /** Bytes of so many lanes together, and those that the device may take; or why one of them cannot run. */
  | ({ type: 'race_planned'; lanes: number } & ({ bytes: number; budget: number; fault?: undefined } | { fault: Fault }));
