import { compareWithAll, describeEarlyEnd, describeRun, DIVERGED } from '../../../store/findings';
import { describeHoles } from '../../../store/holes';
import { labelsOf } from '../../../store/labels';
import { referencesFor } from '../../../store/runList';
import { usePage, usePlayground } from '../../kit/context';
import { problemOf, scoresInWords, wordsOf } from '../../../store/metrics';
import { focusOf } from '../../kit/focus';

/** The sentences below the charts: what the curves show, computed from them. */
export function Findings() {
  const { data } = usePlayground();
  const runs = usePage((state) => state.runs);
  const phase = usePage((state) => state.phase);
  const focus = usePage(focusOf);
  const absent = usePage((state) => state.engine === 'absent');
  const diverged = usePage((state) => state.current === focus && state.problem?.fault.code === 'diverged');
  const run = runs.find(({ id }) => id === focus);
  if (!run && absent) return <p className="finding say">Nothing can be trained in this browser as it is. Drop a run that was downloaded elsewhere on this page to see its curves; the masks below need no GPU.</p>;
  if (!run) return <p className="finding say">Press Start. Two curves will appear: loss on the rows that the model trains on, and on rows that it never sees.</p>;
  const evaluations = data.get(run.id)?.evaluations ?? [];
  const finished = run.kind !== 'live' || phase === 'finished' || phase === 'failed' || phase === 'idle';
  const labels = labelsOf(runs.filter(({ hidden }) => !hidden));
  const named = (other: typeof run) => ({ name: labels.get(other.id) ?? other.name, seed: other.config.seed, evaluations: data.get(other.id)?.evaluations ?? [] });
  const references = referencesFor(run, runs);
  const points = data.get(run.id);
  const early = points && finished && describeEarlyEnd(run.config, points.evaluations);
  const holes = points && describeHoles(run, points, wordsOf(run.config));
  return (
    <div className="finding say">
      {run.kind === 'recorded' && <p className="recorded-label">An example run, recorded on {run.device}.{!absent && ' Press Start for your own.'}</p>}
      <p>{diverged ? DIVERGED : describeRun(evaluations, finished, problemOf(run.config))}</p>
      {early && <p>{early}</p>}
      {holes && <p>{holes}</p>}
      {compareWithAll(named(run), references.map(named)).map((sentence) => <p key={sentence}>{sentence}</p>)}
      {run.test && <p>On the {run.test.rows} test rows, with the weights of the best evaluation, after step {run.test.step}: {scoresInWords(wordsOf(run.config), run.test.scores)}.</p>}
    </div>
  );
}
