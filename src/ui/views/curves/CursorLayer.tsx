import { type CSSProperties, useMemo } from 'react';
import { describeDifference } from '../../../config/diff';
import type { ChartModel } from '../../../store/chartModel';
import { digits, steady } from '../../../protocol/format';
import { labelsOf } from '../../../store/labels';
import { LOOKS } from '../../../store/metrics';
import { indexAt } from '../../../store/series';
import { usePage, usePlayground } from '../../kit/context';
import { colourOf, plotX, valueAt } from './geometry';
import { focusOf } from '../../kit/focus';

interface Props {
  model: ChartModel;
  width: number;
  height: number;
  label: string;
}

const ROLE_WORDS = { heldOut: 'held-out', other: '', train: 'training', stochastic: 'batch', gap: 'gap', consistency: 'term', shadow: '' } as const;
const AXIS_WORDS = { steps: 'step', examples: 'example', seconds: 'second' } as const;

/** One cursor for all charts, and the marks of changes, drawn over the plot so that moving the pointer redraws no chart. */
export function CursorLayer({ model, width, height, label }: Props) {
  const { store } = usePlayground();
  const cursor = usePage((state) => state.cursor);
  const current = usePage((state) => state.runs.find(({ id }) => id === focusOf(state)));
  const move = (at: number | undefined) => store.setState({ cursor: at });
  const inside = cursor !== undefined && cursor <= model.x[1];
  const step = (model.x[1] - model.x[0]) / 60;
  return (
    <div
      className="cursor-layer" tabIndex={0} role="group" aria-label={`${label}. Arrow keys move the cursor.`}
      onPointerMove={(event) => move(valueAt(event.clientX - event.currentTarget.getBoundingClientRect().left, model.x, width))}
      onPointerLeave={() => move(undefined)}
      onBlur={() => move(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') move(Math.max(model.x[0], (cursor ?? model.x[1]) - step));
        else if (event.key === 'ArrowRight') move(Math.min(model.x[1], (cursor ?? model.x[0]) + step));
        else if (event.key === 'Escape') move(undefined);
        else return;
        event.preventDefault();
      }}
    >
      {model.marks.map(({ x, index }) => {
        const change = current?.changes[index];
        return change && (
          <span key={index} className={`mark${plotX(x, model.x, width) > width * 0.6 ? ' to-left' : ''}`} style={{ left: plotX(x, model.x, width), '--row': index % 3 } as CSSProperties}>
            {model.kind === 'loss' && <em title={`Step ${change.step}: ${describeDifference(change)}`}>{describeDifference(change)}</em>}
          </span>
        );
      })}
      {inside && <span className="cursor-line" style={{ left: plotX(cursor, model.x, width), height: height - 24 }} />}
      {inside && <Readout model={model} at={cursor} x={plotX(cursor, model.x, width)} width={width} />}
    </div>
  );
}

/** Roles that are worth a line in the readout for every run; the others are told of the focused run only. */
const OF_EVERY_RUN: ReadonlySet<string> = new Set(['heldOut', 'gap', 'consistency']);

/** Values under the cursor, largest first, on its roomier side, so that the ends of lines stay in sight. */
function Readout({ model, at, x, width }: { model: ChartModel; at: number; x: number; width: number }) {
  const runs = usePage((state) => state.runs);
  const axis = usePage((state) => state.view.axis);
  const focus = usePage(focusOf);
  const values = useMemo(() => model.lines.filter(({ role, runId }) => role !== 'shadow' && (runId === focus || OF_EVERY_RUN.has(role))).flatMap(({ key, runId, role, metric }) => {
    const rows = model.rows.filter((row) => key in row);
    const index = indexAt(rows.map((row) => row.x), at);
    return index < 0 ? [] : [{ key, runId, role, metric, value: rows[index][key] }];
  }).sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : b.value - a.value)), [model, at, focus]);
  const shown = new Set(values.map(({ runId }) => runId));
  const labels = labelsOf(runs.filter(({ id }) => shown.has(id)));
  const several = values.some(({ role }) => role === 'other');
  return (
    <div className="readout" style={x < width / 2 ? { left: x + 10, maxWidth: width - x - 14 } : { right: width - x + 10, maxWidth: x - 14 }}>
      <span>{AXIS_WORDS[axis]} {digits(axis === 'seconds' ? at : Math.round(at))}</span>
      {values.map(({ key, runId, role, metric, value }) => {
        const run = runs.find(({ id }) => id === runId);
        return run && <span key={key}><i style={{ background: colourOf(run.colour) }} />{shown.size > 1 && <u>{labels.get(runId)}</u>}{(model.kind === 'loss' || several || shown.size === 1) && <em>{metric && several ? LOOKS[metric].metric : ROLE_WORDS[role]}</em>}<b>{metric ? LOOKS[metric].show(value) : steady(value)}</b></span>;
      })}
    </div>
  );
}
