import { lazy, Suspense, useEffect, useMemo, useReducer } from 'react';
import { bestOf } from '../../../config/best';
import { wordsFor } from '../../../protocol/faultWords';
import { steady } from '../../../protocol/format';
import { buildChart, type ChartModel } from '../../../store/chartModel';
import { variantTitle } from '../../../store/race';
import type { Race, RunInfo } from '../../../store/state';
import { focusedProblem } from '../../kit/focus';
import { usePage, usePlayground } from '../../kit/context';
import { useWidth } from '../../kit/useWidth';
import { colourOf } from '../curves/geometry';
import { LaneMask } from './LaneMask';

// recharts is most of the page's code, and what stands around it is useful before it has arrived.
const Plot = lazy(() => import('../curves/Plot'));

const HEIGHT = 150;

/** A chart a lane, all with the same axes. */
function useLaneCharts(runs: readonly RunInfo[]): ChartModel[] {
  const { data, redraw } = usePlayground();
  const [turn, takeTurn] = useReducer((count: number) => count + 1, 0);
  const view = usePage((state) => state.view);
  const problem = usePage(focusedProblem);
  const classes = usePage((state) => state.previews[runs[0]?.config.data.source]?.labels.length || 2);
  useEffect(() => {
    const leave = redraw.join(takeTurn);
    redraw.request();
    return leave;
  }, [redraw]);
  return useMemo(() => {
    const models = runs.map((run) => buildChart({ kind: 'loss', runs: [run], data, view, focus: run.id, problem, classes }));
    const ends = (axis: 'x' | 'y'): [number, number] => [Math.min(...models.map((model) => model[axis][0])), Math.max(...models.map((model) => model[axis][1]))];
    return models.map((model) => ({ ...model, x: ends('x'), y: ends('y') }));
    // `turn` says that there are new points.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [runs, data, view, problem, classes, turn]);
}

export function Lanes({ race }: { race: Race }) {
  const all = usePage((state) => state.runs);
  const runs = useMemo(() => race.lanes.flatMap((id) => all.filter((run) => run.id === id)), [race.lanes, all]);
  const models = useLaneCharts(runs);
  return (
    <ol className="lanes">
      {runs.map((run, index) => <LaneColumn key={run.id} run={run} title={variantTitle(race.variants[race.lanes.indexOf(run.id)])} model={models[index]} race={race} />)}
    </ol>
  );
}

function LaneColumn({ run, title, model, race }: { run: RunInfo; title: string; model: ChartModel; race: Race }) {
  const { data } = usePlayground();
  const [frame, width] = useWidth<HTMLDivElement>();
  const evaluations = data.get(run.id)?.evaluations ?? [];
  const best = bestOf(evaluations, run.config);
  const at = evaluations.find(({ step }) => step === best?.step);
  const last = evaluations.at(-1);
  const fault = race.faults[run.id];
  return (
    <li className="lane">
      <h4><i className="swatch" style={{ background: colourOf(run.colour) }} />{title}</h4>
      <div className="chart-frame" ref={frame} style={{ height: HEIGHT }} aria-hidden="true">
        {width > 0 && <Suspense fallback={null}><Plot model={model} runs={[run]} focus={run.id} hovered={undefined} width={width} height={HEIGHT} /></Suspense>}
      </div>
      <dl className="small">
        <dt title="Held-out loss at the last evaluation">held-out</dt><dd>{last ? steady(last.heldOut.loss) : '–'}</dd>
        <dt title="At the evaluation whose weights are kept">best</dt><dd>{at ? `${steady(at.heldOut.loss)} at step ${at.step}` : '–'}</dd>
        <dt title="Held-out loss minus training loss">gap</dt><dd>{last ? steady(last.heldOut.loss - last.train.loss) : '–'}</dd>
      </dl>
      {fault && <p className="field-refusal" role="alert">{wordsFor(fault, navigator.userAgent).title}; the others go on.</p>}
      <LaneMask run={run} inspection={race.inspections[run.id]} />
    </li>
  );
}
