import { type ComponentProps, memo } from 'react';
import { CartesianGrid, ComposedChart, Curve, Line, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import { axisLabel, percent } from '../../../protocol/format';
import { type ChartLine, type ChartModel, ticks } from '../../../store/chartModel';
import type { RunInfo } from '../../../store/state';
import { colourOf, PLOT, plotY } from './geometry';

export interface PlotProps {
  model: ChartModel;
  runs: readonly RunInfo[];
  focus: string | undefined;
  hovered: string | undefined;
  width: number;
  height: number;
}

const WIDTHS: Record<ChartLine['role'], number> = { heldOut: 2.6, other: 1.4, train: 1.5, stochastic: 0.9, shadow: 0.8, gap: 2, consistency: 1.2 };
const STRENGTH: Record<ChartLine['role'], number> = { heldOut: 1, other: 0.85, train: 1, stochastic: 0.75, shadow: 0.22, gap: 1, consistency: 0.9 };

/** How present a run is: the one pointed at, else the current one; pinned ones stay readable, the rest steps back. */
function presence(run: RunInfo, focus: string | undefined, hovered: string | undefined): number {
  if (hovered) return run.id === hovered ? 1 : 0.2;
  if (run.id === focus) return 1;
  if (run.kind === 'recorded') return 0.2;
  return run.pinned ? 0.8 : 0.55;
}

interface TickProps {
  x: number | string;
  y: number | string;
  index: number;
  payload: { value: number };
}

/** A number below the plot; the last one says what is counted, and ends where the plot ends. */
function AcrossTick({ x, y, payload, unit }: TickProps & { unit: string | undefined }) {
  return <text x={unit ? Number(x) + 5 : x} y={y} dy="0.8em" fill="var(--muted)" fontSize={12} textAnchor={unit ? 'end' : 'middle'}>{axisLabel(payload.value)}{unit && ` ${unit}`}</text>;
}

type LineShape = ComponentProps<typeof Curve>;

interface Below {
  /** Height in pixels down to which the area below a line is filled. */
  floor: number;
  fill: string;
  fillOpacity: number;
}

/** A line through its own points: rows that belong to other lines only are passed over, and one whose value is not a number breaks it. */
function Pieces({ line, dataKey, below }: { line: LineShape; dataKey: string; below: Below | undefined }) {
  const points = line.points?.filter((point) => dataKey in ((point as { payload?: object }).payload ?? {}));
  return (
    <>
      {below && <Curve {...line} points={points} baseLine={below.floor} stroke="none" fill={below.fill} fillOpacity={below.fillOpacity} className="recharts-area-area" />}
      <Curve {...line} points={points} className={below ? 'recharts-area-curve' : line.className} />
    </>
  );
}

/** The drawn part of a chart. Loaded on its own, since recharts is most of the page's code. */
export const Plot = memo(function Plot({ model, runs, focus, hovered, width, height }: PlotProps) {
  const across = ticks(model.x, false, width < 420 ? 3 : 6);
  const byId = new Map(runs.map((run) => [run.id, run]));
  return (
    <ComposedChart width={width} height={height} data={model.rows} margin={{ top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 }} accessibilityLayer={false}>
      <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="1 3" />
      <XAxis dataKey="x" type="number" domain={model.x} ticks={across} height={PLOT.bottom} tickLine={false} axisLine={{ stroke: 'var(--line-strong)' }} tick={(tick: TickProps) => <AcrossTick {...tick} unit={tick.index === across.length - 1 ? model.axis : undefined} />} />
      <YAxis width={PLOT.left} domain={model.y} ticks={ticks(model.y, model.log)} scale={model.log ? 'log' : 'linear'} allowDataOverflow tickLine={false} axisLine={false} tick={{ fill: 'var(--muted)', fontSize: 12 }} tickFormatter={model.share ? (value: number) => percent(value) : axisLabel} />
      {model.chance !== undefined && <ReferenceLine y={model.chance} stroke="var(--line-strong)" strokeDasharray="4 4" />}
      {model.kind === 'gap' && model.y[0] < 0 && <ReferenceLine y={0} stroke="var(--line-strong)" />}
      {model.lines.map(({ key, runId, role, dots }) => {
        const run = byId.get(runId);
        if (!run) return null;
        const strength = presence(run, focus, hovered);
        const common = {
          dataKey: key, stroke: colourOf(run.colour), strokeWidth: WIDTHS[role] + (hovered === runId && role === 'heldOut' ? 1 : 0),
          strokeOpacity: STRENGTH[role] * strength, isAnimationActive: false, activeDot: false as const,
          strokeDasharray: role === 'train' ? '1.5 3' : role === 'other' ? '5 3' : run.kind === 'recorded' && (role === 'heldOut' || role === 'gap') ? '6 4' : undefined,
          strokeLinecap: 'round' as const,
          dot: dots ? { r: role === 'heldOut' || role === 'gap' ? 2.6 : 1.8, fill: colourOf(run.colour), fillOpacity: strength, strokeWidth: 0, strokeDasharray: '' } : false,
        };
        const below = role === 'gap' ? { floor: plotY(Math.max(0, model.y[0]), model.y, height), fill: colourOf(run.colour), fillOpacity: runId === (hovered ?? focus) ? 0.14 : 0.03 } : undefined;
        return <Line key={key} type="linear" {...common} shape={(line) => <Pieces line={line as LineShape} dataKey={key} below={below} />} />;
      })}
      {model.bests.map(({ runId, x, y }) => {
        const run = byId.get(runId);
        return run && <ReferenceDot key={`best:${runId}`} className="best-step" x={x} y={y} r={5.5} fill="none" stroke={colourOf(run.colour)} strokeWidth={1.6} strokeOpacity={presence(run, focus, hovered)} />;
      })}
    </ComposedChart>
  );
});

export default Plot;
