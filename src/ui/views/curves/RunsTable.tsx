import { useState } from 'react';
import { describeDifferences, sameData } from '../../../config/diff';
import { dataName } from '../../../config/sources';
import { lowestHeldOut } from '../../../store/findings';
import { scoresInWords, wordsOf } from '../../../store/metrics';
import { digits, steady } from '../../../protocol/format';
import { effectiveConfig } from '../../../store/runList';
import type { RunInfo } from '../../../store/state';
import { usePage, usePlayground } from '../../kit/context';
import { Icon } from '../../kit/Icon';
import { colourOf } from './geometry';
import { focusOf } from '../../kit/focus';

/** All runs that are drawn over each other. */
export function RunsTable() {
  const { runList } = usePlayground();
  const runs = usePage((state) => state.runs);
  const focus = usePage(focusOf);
  const current = runs.find(({ id }) => id === focus);
  if (runs.length === 0) return null;
  return (
    <section className="runs" aria-labelledby="runs-title">
      <div className="chart-head">
        <h3 id="runs-title">Runs</h3>
        {runs.length > 2 && <button type="button" className="button link" onClick={runList.clearOthers}>Remove those not pinned</button>}
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Runs, table">
        <table>
          <thead><tr><th scope="col"><span className="visually-hidden">Show and pin</span></th><th scope="col">name</th><th scope="col">lowest held-out loss</th><th scope="col" title="Held-out loss minus training loss at the last evaluation">last gap</th><th scope="col" title="Milliseconds a step, evaluations included">ms a step</th><th scope="col"><span className="visually-hidden">Actions</span></th></tr></thead>
          <tbody>{[...runs].reverse().map((run) => <RunRow key={run.id} run={run} current={current} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function RunRow({ run, current }: { run: RunInfo; current: RunInfo | undefined }) {
  const { runList, store, data, transport } = usePlayground();
  const phase = usePage((state) => state.phase);
  const liveId = usePage((state) => state.current);
  const [testing, setTesting] = useState(false);
  const points = data.get(run.id);
  const best = points && lowestHeldOut(points.evaluations);
  const last = points?.evaluations.at(-1);
  const isCurrent = run.id === current?.id;
  const seconds = points?.seconds.last();
  const otherTask = current && !sameData(run.config, current.config);
  const difference = otherTask ? `${dataName(run.config.data.source)}: other data, not drawn beside this one` : current && !isCurrent ? describeDifferences(effectiveConfig(current), effectiveConfig(run)) : '';
  const canTest = run.id === liveId && (phase === 'finished' || phase === 'paused');
  const hover = (id: string | undefined) => store.setState({ hoveredRun: id });
  return (
    <tr className={isCurrent ? 'current' : ''} onPointerEnter={() => hover(run.hidden ? undefined : run.id)} onPointerLeave={() => hover(undefined)}>
      <td className="run-marks">
        <i className={`swatch${run.kind === 'recorded' ? ' recorded' : ''}`} style={{ background: colourOf(run.colour) }} />
        <button type="button" className="button plain icon" aria-pressed={!run.hidden} aria-label={`${run.hidden ? 'Show' : 'Hide'} ${run.name}`} title={run.hidden ? 'Show' : 'Hide'} onClick={() => runList.update(run.id, { hidden: !run.hidden })}><Icon name={run.hidden ? 'hidden' : 'eye'} /></button>
        <button type="button" className={`button plain icon${run.pinned ? ' pinned' : ''}`} aria-pressed={run.pinned} aria-label={`Pin ${run.name}`} title="Pinned runs stay and are compared with" onClick={() => runList.update(run.id, { pinned: !run.pinned })}><Icon name="pin" /></button>
      </td>
      <td className="run-name">
        <input aria-label={`Name of ${run.name}`} title={run.name} value={run.name} onChange={(event) => runList.update(run.id, { name: event.target.value, renamed: true })} />
        <span className="small muted">{isCurrent ? run.kind === 'recorded' ? `recorded on ${run.device}` : `seed ${run.config.seed} · ${run.device}` : difference || 'same settings'}</span>
      </td>
      <td>{best ? <>{steady(best.loss)} <span className="muted">at step {best.step}</span></> : '–'}</td>
      <td>{last ? steady(last.heldOut.loss - last.train.loss) : '–'}</td>
      <td>{points && seconds ? digits((seconds / points.step.length) * 1000) : '–'}</td>
      <td className="run-actions">
        {run.test ? <span className="small" title={`Test rows: ${scoresInWords(wordsOf(run.config), run.test.scores)}`}>test {wordsOf(run.config).show(run.test.scores.metric)}</span> : canTest && <button type="button" className="button" title="Score the test rows with the weights of the best evaluation" disabled={testing} onClick={() => { setTesting(true); transport.test(); }}>{testing ? 'testing…' : 'Test'}</button>}
        <button type="button" className="button plain icon" aria-label={`Remove ${run.name}`} title="Remove" disabled={run.id === liveId && phase !== 'finished' && phase !== 'failed'} onClick={() => runList.remove(run.id)}><Icon name="close" size={12} /></button>
      </td>
    </tr>
  );
}
