import type { RefObject } from 'react';
import { labelsOf } from '../../../store/labels';
import { LOOKS } from '../../../store/metrics';
import type { RunInfo } from '../../../store/state';
import type { ChartModel } from '../../../store/chartModel';
import { focusOf } from '../../kit/focus';
import { usePlayground } from '../../kit/context';
import { type Caption, chartSvg, type LegendItem } from './chartPicture';
import { colourOf } from './geometry';
import { SavePicture, settingsOf } from './SavePicture';

interface Props {
  figure: RefObject<HTMLElement | null>;
  model: ChartModel;
  title: string;
}

const KINDS = [['heldOut', 'held-out rows', { width: 2.8 }], ['train', 'training rows', { width: 1.6, dashes: '1.5 3' }], ['stochastic', 'each batch', { width: 1 }]] as const;

/** Where there are several metrics, which line is which; nothing where there is one, as the title says it. */
function metrics(focused: RunInfo | undefined, { kind, lines }: ChartModel): LegendItem[] {
  if (kind !== 'metric' || !focused) return [];
  const own = lines.filter(({ runId, metric }) => runId === focused.id && metric !== undefined);
  if (own.length < 2) return [];
  return own.map(({ metric, role }) => ({ label: LOOKS[metric!].metric, colour: colourOf(focused.colour), line: role === 'other' ? { width: 1.6, dashes: '5 3' } : { width: 2.8 } }));
}

/** Beside a chart's table: the chart as a picture, with its legend and what was run. */
export function PictureButtons({ figure, model, title }: Props) {
  const { store } = usePlayground();
  const caption = (): Caption => {
    const { runs } = store.getState();
    const drawn = runs.filter(({ id }) => model.lines.some(({ runId }) => runId === id));
    const focused = drawn.find(({ id }) => id === focusOf(store.getState())) ?? drawn.at(-1);
    const labels = labelsOf(drawn);
    const colour = colourOf(focused?.colour ?? 0);
    return {
      title,
      legend: [
        ...(model.kind === 'loss' ? KINDS.filter(([kind]) => model.lines.some(({ role }) => role === kind)).map(([, label, line]) => ({ label, line, colour })) : []),
        ...metrics(focused, model),
        ...drawn.map((run) => ({ label: labels.get(run.id) ?? run.name, colour: colourOf(run.colour) })),
      ],
      settings: focused ? settingsOf(focused) : [],
    };
  };
  const make = () => {
    const drawing = figure.current?.querySelector<SVGSVGElement>('.chart-frame svg');
    return drawing ? chartSvg(drawing, caption()) : undefined;
  };
  return <SavePicture title={title} make={make} note="The chart as a picture, with legend and settings" />;
}
