import { useRef } from 'react';
import { digits, percent } from '../../../protocol/format';
import { usePage } from '../../kit/context';
import { chartSvg } from '../curves/chartPicture';
import { SavePicture, settingsOf } from '../curves/SavePicture';
import { DELETION_ORDERS, type DeletionCurve, type DeletionOrder } from '../../../protocol/keyMessages';

const NAMES: Record<DeletionOrder, string> = { effect: 'those that matter most first', weight: 'largest attention weights first', random: 'in random order' };
const COLOURS: Record<DeletionOrder, string> = { effect: 'var(--run-0)', weight: 'var(--run-1)', random: 'var(--muted)' };
const DASHES: Record<DeletionOrder, string | undefined> = { effect: undefined, weight: '7 4', random: '2 4' };
const [HEIGHT, LEFT, BOTTOM, TOP] = [190, 44, 28, 8];

/** How an answer goes as its keys go, in three orders. Where weights say what matters, the first two lines lie together. */
export function DeletionChart({ step, curve: { rows, shares, means, followed }, width: given }: { step: number; curve: DeletionCurve; width: number }) {
  const drawing = useRef<SVGSVGElement>(null);
  const run = usePage((state) => state.runs.find(({ id }) => id === state.current));
  const width = Math.max(220, Math.min(560, given - 20));
  const isProbability = followed === 'probability';
  const top = isProbability ? 1 : Math.max(1e-9, ...DELETION_ORDERS.flatMap((order) => means[order]));
  const x = (share: number) => LEFT + share * (width - LEFT - 8);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const shown = (value: number) => (isProbability ? percent(value) : digits(value));
  const area = (order: DeletionOrder) => means[order].reduce((sum, value) => sum + value, 0) / shares.length;
  const title = isProbability ? 'Probability of each row’s own answer' : 'Distance from each row’s score with every key';
  return (
    <figure className="deletion" aria-label="Deletion curve">
      <figcaption className="small">{title}, mean of {rows} held-out rows at step {step}, as more and more keys are dropped from all layers.</figcaption>
      <svg ref={drawing} viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} role="img" aria-label={DELETION_ORDERS.map((order) => `${NAMES[order]}: mean ${shown(area(order))}`).join('; ')}>
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line x1={LEFT} x2={width - 8} y1={y(part * top)} y2={y(part * top)} className="deletion-grid" />
            <text x={LEFT - 6} y={y(part * top) + 4} textAnchor="end">{shown(part * top)}</text>
          </g>
        ))}
        {shares.filter((_, index) => index % 3 === 0).map((share) => <text key={share} x={x(share)} y={HEIGHT - 8} textAnchor="middle">{percent(share)}</text>)}
        {DELETION_ORDERS.map((order) => <polyline key={order} className={`deletion-line ${order}`} strokeDasharray={DASHES[order]} points={shares.map((share, index) => `${x(share)},${y(means[order][index])}`).join(' ')} />)}
      </svg>
      <ul className="deletion-legend small">
        {DELETION_ORDERS.map((order) => <li key={order}><svg width="26" height="8" aria-hidden="true"><line x1="0" x2="26" y1="4" y2="4" className={`deletion-line ${order}`} strokeDasharray={DASHES[order]} /></svg> {NAMES[order]}: {shown(area(order))} over all shares</li>)}
      </ul>
      <details className="more">
        <summary>As a table, or a picture</summary>
        <SavePicture title="Deletion curve" make={() => drawing.current ? chartSvg(drawing.current, { title: `${title}, mean of ${rows} rows at step ${step}`, legend: DELETION_ORDERS.map((order) => ({ label: NAMES[order], colour: COLOURS[order], line: { width: 2, dashes: DASHES[order] } })), settings: run ? settingsOf(run) : [] }) : undefined} />
        <table>
          <caption className="small muted">{title}</caption>
          <thead><tr><th scope="col">keys dropped</th>{DELETION_ORDERS.map((order) => <th scope="col" key={order}>{NAMES[order]}</th>)}</tr></thead>
          <tbody>{shares.map((share, index) => <tr key={share}><th scope="row">{percent(share)}</th>{DELETION_ORDERS.map((order) => <td key={order}>{shown(means[order][index])}</td>)}</tr>)}</tbody>
        </table>
      </details>
    </figure>
  );
}
