import { useState } from 'react';
import { digits, grouped, percent } from '../../../protocol/format';
import { comparedRows, type ComparedRow, tsvOf } from '../../../store/predictions';
import { download } from '../../download';
import { usePage } from '../../kit/context';
import { Segmented } from '../../kit/Segmented';
import { Confusion } from './Confusion';
import { Reliability } from './Reliability';

/** Rows that are listed at first, and how many more at a time. */
const PAGE = 8;

type Wanted = 'all' | 'flipped' | 'wrong';
const WANTED: Record<Wanted, (row: ComparedRow) => boolean> = { all: () => true, flipped: ({ flipped }) => flipped, wrong: ({ right }) => right === false };

/** Held-out rows with their truth, what the model said at first, and what it says now. */
export function Predictions() {
  const first = usePage((state) => state.answers.first);
  const latest = usePage((state) => state.answers.latest);
  const [wanted, setWanted] = useState<Wanted>('all');
  const [shown, setShown] = useState(PAGE);
  if (!first || !latest) return <p className="small muted">Press Start: at every evaluation this shows what the model makes of each held-out row, beside its true label.</p>;
  const { labels } = latest;
  const rows = comparedRows(first, latest);
  const count = (which: Wanted) => rows.filter(WANTED[which]).length;
  const chosen = rows.filter(WANTED[wanted]);
  const named = (value: number) => labels[value] ?? (labels.length > 0 ? '—' : digits(value));
  return (
    <>
      <p className="small muted">{grouped(rows.length)} held-out rows at step {latest.step}{labels.length > 0 && <>: {grouped(count('wrong'))} wrong{first.step !== latest.step && <>, {grouped(count('flipped'))} other than at step {first.step}</>}</>}.</p>
      {labels.length > 0 && <Confusion rows={rows} labels={labels} />}
      {first.calibration && latest.calibration && <Reliability first={{ step: first.step, calibration: first.calibration }} latest={{ step: latest.step, calibration: latest.calibration }} />}
      <div className="chart-head">
        {labels.length > 0 && <Segmented label="Rows" value={wanted} options={[{ value: 'all', label: `all ${grouped(rows.length)}` }, { value: 'flipped', label: `flipped ${grouped(count('flipped'))}` }, { value: 'wrong', label: `wrong ${grouped(count('wrong'))}` }]} onChange={(value) => setWanted(value as Wanted)} />}
        <button type="button" className="button" onClick={() => download(tsvOf(first, latest), `predictions-step-${latest.step}.tsv`, 'text/tab-separated-values')}>All as TSV</button>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Predicted rows">
        <table className="predicted">
          <thead><tr><th scope="col">text</th><th scope="col">truth</th>{first.step !== latest.step && <th scope="col">step {first.step}</th>}<th scope="col">step {latest.step}</th></tr></thead>
          <tbody>
            {chosen.slice(0, shown).map((row) => (
              <tr key={row.number} className={row.right === false ? 'wrong' : undefined}>
                <th scope="row">{row.text}{row.pair !== undefined && <><br />{row.pair}</>}</th>
                <td>{row.truth === undefined ? '—' : named(row.truth)}</td>
                {first.step !== latest.step && <td>{named(row.before)}</td>}
                <td>{row.flipped ? <strong>{named(row.now)}</strong> : named(row.now)}{row.now >= 0 && labels.length > 0 && <span className="muted"> {percent(row.outputs[row.now])}</span>}{row.right === false && <span className="verdict"> wrong</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen.length === 0 && <p className="small muted">There are no such rows.</p>}
      {chosen.length > shown && <button type="button" className="button" onClick={() => setShown(shown + 4 * PAGE)}>Show more of {grouped(chosen.length)}</button>}
    </>
  );
}
