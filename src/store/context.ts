/** What every part of the page's model is given: the state, the engine, the points of runs, and the queue of redraws. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunId } from '../protocol/runMessages';
import type { EngineLink } from './engineClient';
import type { RedrawQueue } from './redraw';
import type { RunData } from './runData';
import type { PageState } from './state';

export interface Context {
  store: StoreApi<PageState>;
  engine: EngineLink;
  /** Points of every run, by id. */
  data: Map<RunId, RunData>;
  redraw: RedrawQueue;
}
