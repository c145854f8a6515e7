import { wordsOf } from '../../../store/metrics';
import { usePage, usePlayground, useMedia } from '../../kit/context';
import { RunsTable } from './RunsTable';
import { ChartFigure } from './ChartFigure';
import { Findings } from './Findings';
import { MaskRow } from './MaskRow';
import { RunLegend } from './RunLegend';
import { TinyHeldOut } from '../../states/TinyHeldOut';
import { focusedConfig, focusOf } from '../../kit/focus';
import { colourOf } from './geometry';

/** What happened, in curves and in a sentence, and one row of the masks that were part of it. */
export default function CurvesView() {
  const { data } = usePlayground();
  const words = wordsOf(usePage(focusedConfig));
  const [also] = words.others;
  const compiling = usePage((state) => state.compiling);
  const phase = usePage((state) => state.phase);
  const hasConsistency = usePage((state) => state.runs.some((run) => !run.hidden && data.get(run.id)?.hasConsistency));
  const narrow = useMedia('(max-width: 40rem)');
  return (
    <>
      <ChartFigure
        kind="loss" height={narrow ? 205 : 280} title={words.lossTitle} legend={<LossLegend />} above={<RunLegend />}
        caption={words.lossCaption}
      >
        {phase === 'starting' && <p className="frame-note" role="status">{compiling ? `compiling ${compiling.done} of ${compiling.of}` : 'preparing the run'}{compiling && <progress aria-label="Compiling" max={compiling.of} value={compiling.done} />}</p>}
      </ChartFigure>
      <Findings />
      <TinyHeldOut />
      <div className="chart-pair">
        <ChartFigure kind="gap" height={170} title="Gap" caption={`Held-out ${words.loss} minus training ${words.loss}, both with dropout off: what dropout should shrink.`} />
        <ChartFigure kind="metric" height={170} title={`Held-out ${[words, ...words.others].map(({ metric }) => metric).join(', ')}`} caption={[words.metricCaption, also && 'Dashed:', ...words.others.map(({ metricCaption }) => metricCaption)].filter(Boolean).join(' ')} />
      </div>
      {hasConsistency && <ChartFigure kind="consistency" height={140} title="Consistency term" caption="How far two dropped passes over the same batch disagree. It is added to the loss with weight α and not part of the curves above." />}
      <RunsTable />
      <MaskRow />
    </>
  );
}

/** What the three kinds of line are, in the colour of the focused run. */
function LossLegend() {
  const colour = usePage((state) => state.runs.find(({ id }) => id === focusOf(state))?.colour ?? 0);
  const smoothing = usePage((state) => state.view.smoothing);
  const recorded = usePage((state) => state.runs.find(({ id }) => id === focusOf(state))?.kind === 'recorded');
  const stroke = colourOf(colour);
  return (
    <ul className="legend">
      {recorded && <li className="recorded-chip">example run, recorded</li>}
      <li title="Rows that the model never trains on, measured with dropout off"><svg width="22" height="8" aria-hidden="true"><path d="M1 4h20" stroke={stroke} strokeWidth="2.8" strokeLinecap="round" /></svg>held-out rows</li>
      <li title="A sample of the rows that it trains on, measured with dropout off"><svg width="22" height="8" aria-hidden="true"><path d="M1 4h20" stroke={stroke} strokeWidth="1.6" strokeDasharray="1.5 3" strokeLinecap="round" /></svg>training rows</li>
      <li title="Training loss of each step’s batch, with dropout as it is set; never with the consistency term"><svg width="22" height="8" aria-hidden="true"><path d="M1 5l4-3 4 4 4-3 4 3 4-2" fill="none" stroke={stroke} strokeWidth="1" /></svg>each batch{smoothing !== undefined && ', smoothed'}</li>
    </ul>
  );
}
