import type { RefObject } from 'react';
import { linkOf } from '../../../config/url';
import { labelsOf } from '../../../store/labels';
import { LOOKS } from '../../../store/metrics';
import { effectiveConfig } from '../../../store/runList';
import type { RunInfo } from '../../../store/state';
import type { ChartModel } from '../../../store/chartModel';
import { download } from '../../download';
import { focusOf } from '../../kit/focus';
import { usePlayground } from '../../kit/context';
import { type Caption, chartPng, chartSvg, type LegendItem } from './chartPicture';
import { colourOf } from './geometry';

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
      settings: focused ? [`${focused.name} · seed ${focused.config.seed} · ${focused.device}`, `#${linkOf(effectiveConfig(focused))}`] : [],
    };
  };
  const save = async (kind: 'svg' | 'png') => {
    const made = figure.current && chartSvg(figure.current, caption());
    if (!made) return;
    const name = `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${kind}`;
    if (kind === 'svg') download(made.text, name, 'image/svg+xml');
    else await chartPng(made).then((picture) => download(picture, name, 'image/png'), (error: unknown) => store.setState({ notice: `This browser draws no PNG of the chart (${(error as Error).message}); take the SVG.` }));
  };
  return (
    <p className="picture-buttons">
      <button type="button" className="button" aria-label={`${title}: save as PNG`} onClick={() => void save('png')}>PNG</button>
      <button type="button" className="button" aria-label={`${title}: save as SVG`} onClick={() => void save('svg')}>SVG</button>
      <span className="small muted">The chart as a picture, with legend and settings</span>
    </p>
  );
}
