import { lazy, type ReactNode, Suspense, useId, useRef, useState } from 'react';
import type { ChartKind } from '../../../store/chartModel';
import { usePage } from '../../kit/context';
import { Icon } from '../../kit/Icon';
import { CursorLayer } from './CursorLayer';
import { EvaluationTable } from './EvaluationTable';
import { focusOf } from '../../kit/focus';
import { PictureButtons } from './PictureButtons';
import { useChart } from './useChart';
import { useWidth } from '../../kit/useWidth';

// recharts is most of the page's code, and the page is useful before it has arrived.
const Plot = lazy(() => import('./Plot'));

interface Props {
  kind: ChartKind;
  title: string;
  /** One sentence that says how to read it. */
  caption: string;
  height: number;
  legend?: ReactNode;
  /** Between the heading and the plot. */
  above?: ReactNode;
  children?: ReactNode;
}

/** A chart with its caption and, on request, the numbers behind it as a table. */
export function ChartFigure({ kind, title, caption, height, legend, above, children }: Props) {
  const { model, runs } = useChart(kind);
  const [frame, width] = useWidth<HTMLDivElement>();
  const [table, setTable] = useState(false);
  const focus = usePage(focusOf);
  const hovered = usePage((state) => state.hoveredRun);
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  return (
    <figure className={`chart chart-${kind}`} aria-labelledby={id} ref={figure}>
      <div className="chart-head">
        <h3 id={id}>{title}</h3>
        {legend}
        <button type="button" className="button plain icon" aria-pressed={table} aria-label={`${title}: ${table ? 'hide' : 'show'} the evaluations as a table`} title="Evaluations as a table, and the chart as a picture" onClick={() => setTable(!table)}><Icon name="table" /></button>
      </div>
      {above}
      <div className="chart-frame" ref={frame} style={{ height }}>
        {width > 0 && (
          <Suspense fallback={null}>
            <div aria-hidden="true"><Plot model={model} runs={runs} focus={focus} hovered={hovered} width={width} height={height} /></div>
            <CursorLayer model={model} width={width} height={height} label={title} />
          </Suspense>
        )}
        {children}
      </div>
      <figcaption>{caption}</figcaption>
      {table && <PictureButtons figure={figure} model={model} title={title} />}
      {table && <EvaluationTable kind={kind} />}
    </figure>
  );
}
