import { useEffect, useMemo, useReducer } from 'react';
import { buildChart, type ChartKind, type ChartModel } from '../../../store/chartModel';
import type { PageState, RunInfo } from '../../../store/state';
import { usePage, usePlayground } from '../../kit/context';
import { focusedConfig, focusedProblem, focusOf } from '../../kit/focus';

function classesOf(state: PageState): number {
  const { source, table } = focusedConfig(state).data;
  return table?.labels.length || state.previews[source]?.labels.length || 2;
}

export interface Chart {
  model: ChartModel;
  /** The runs as they were when the model was built. */
  runs: readonly RunInfo[];
}

/** The model of a chart, rebuilt when it is this chart's turn in the redraw queue and when runs or view change. */
export function useChart(kind: ChartKind): Chart {
  const { redraw, data } = usePlayground();
  const [turn, takeTurn] = useReducer((count: number) => count + 1, 0);
  const runs = usePage((state) => state.runs);
  const view = usePage((state) => state.view);
  const { smoothing, logScale, axis } = view;
  const focus = usePage(focusOf);
  const problem = usePage(focusedProblem);
  const classes = usePage(classesOf);
  useEffect(() => {
    const leave = redraw.join(takeTurn);
    // Points may have come while this chart was at rest.
    redraw.request();
    return leave;
  }, [redraw]);
  // `runs` changes with every evaluation, but the points of this moment wait for the queue.
  const shape = runs.map(({ id, hidden, pinned, colour, name, changes }) => [id, hidden, pinned, colour, name, changes.length].join()).join(';');
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => ({ model: buildChart({ kind, runs, data, view, focus, problem, classes }), runs }), [kind, shape, data, smoothing, logScale, axis, focus, problem, classes, turn]);
}
