import type { ReactNode } from 'react';
import { type Cell, shown, verdictWords } from '../../../store/compare/grid';

interface Props {
  cell: Cell;
  title: string;
  /** Half of the width of the bar, in score. */
  most: number;
  /** Difference under the compensation that was shown before. */
  before: number | undefined;
  seeds: number;
  going: boolean;
  waiting: number;
  glyph?: ReactNode;
  onRun(): void;
}

/** One cell: its mask, how its held-out loss goes, its score over seeds, and how it differs from no dropout. */
export function GridCell({ cell, title, most, before, seeds, going, waiting, glyph, onRun }: Props) {
  const { result, comparison, losses } = cell;
  const done = result.seeds.filter(Boolean).length;
  const said = comparison && verdictWords(comparison);
  const score = `${shown(result.mean, result.lowerIsBetter)}${done > 1 ? ` ± ${shown(result.deviation, result.lowerIsBetter)}` : ''}`;
  return (
    <article className={`cell${going ? ' going' : ''}`} aria-label={title}>
      <div className="cell-head">{glyph}<Spark losses={losses} /></div>
      {done > 0 ? <p className="cell-score">{score}</p> : <p className="cell-score muted">–</p>}
      {comparison && <Bar value={comparison.mean} most={most} before={before} lowerIsBetter={result.lowerIsBetter} />}
      {comparison && <p className={`cell-said ${comparison.verdict === 'better' ? 'better' : ''}`} title={`${shown(comparison.mean, result.lowerIsBetter)}, 95 % ${shown(comparison.low, result.lowerIsBetter)} to ${shown(comparison.high, result.lowerIsBetter)}`}>{said}</p>}
      {done < seeds && (
        <button type="button" className="button cell-run" disabled={going || waiting > 0} aria-label={`Run ${title}`} onClick={onRun}>
          {going ? 'running…' : waiting > 0 ? `${waiting} waiting` : done > 0 ? `▶ ${done} of ${seeds}` : '▶ run'}
        </button>
      )}
    </article>
  );
}

const [WIDE, HIGH] = [64, 24];

/** Mean held-out loss by step. */
function Spark({ losses }: { losses: Cell['losses'] }) {
  const values = losses.map(({ loss }) => loss).filter(Number.isFinite);
  if (values.length < 2) return <svg className="spark" width={WIDE} height={HIGH} aria-hidden="true" />;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const last = losses[losses.length - 1].step;
  const points = losses.map(({ step, loss }) => `${((step / last) * WIDE).toFixed(1)},${(2 + (1 - (loss - low) / (high - low || 1)) * (HIGH - 4)).toFixed(1)}`);
  return <svg className="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} width={WIDE} height={HIGH} role="img" aria-label={`Held-out loss from ${values[0].toFixed(2)}, lowest ${low.toFixed(2)}, to ${values[values.length - 1].toFixed(2)}`}><polyline points={points.join(' ')} /></svg>;
}

/** Difference from no dropout, which is the middle; to the right is better. A tick is what it was before the switch. */
function Bar({ value, most, before, lowerIsBetter }: { value: number; most: number; before: number | undefined; lowerIsBetter: boolean }) {
  const at = (score: number) => 50 + 48 * Math.max(-1, Math.min(1, ((lowerIsBetter ? -score : score) / most) || 0));
  const [from, to] = [Math.min(50, at(value)), Math.max(50, at(value))];
  return (
    <svg className="cell-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect x={from} width={Math.max(0.5, to - from)} y={1} height={6} className={at(value) >= 50 ? 'up' : 'down'} />
      <path d="M50 0V8" className="middle" />
      {before !== undefined && <path d={`M${at(before)} 0V8`} className="before" />}
    </svg>
  );
}
