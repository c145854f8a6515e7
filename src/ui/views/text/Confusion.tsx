import { confusionOf, type ComparedRow } from '../../../store/predictions';

/** More classes than this make a table that nobody reads. */
const MOST_CLASSES = 12;

/** Who is taken for whom: the truth down, the model's answer across. */
export function Confusion({ rows, labels }: { rows: readonly ComparedRow[]; labels: readonly string[] }) {
  if (labels.length > MOST_CLASSES) return <p className="small muted">With {labels.length} classes there is no table of who is taken for whom here; the TSV file has every row.</p>;
  const counts = confusionOf(rows, labels.length);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table className="confusion">
        <caption className="small muted">Confusion matrix: truth down, the model’s answer across</caption>
        <thead><tr><td />{labels.map((label) => <th key={label} scope="col">{label}</th>)}</tr></thead>
        <tbody>
          {counts.map((line, truth) => {
            const whole = line.reduce((sum, value) => sum + value, 0) || 1;
            return (
              <tr key={labels[truth]}>
                <th scope="row">{labels[truth]}</th>
                {line.map((value, answer) => <td key={labels[answer]} className={answer === truth ? 'agrees' : undefined} style={{ '--share': `${(35 * value) / whole}%` } as React.CSSProperties}>{value}</td>)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
