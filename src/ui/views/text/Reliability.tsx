import type { Calibration } from '../../../protocol/predictionMessages';
import { digits, percent } from '../../../protocol/format';

const SIDE = 150;

interface Props {
  first: { step: number; calibration: Calibration };
  latest: { step: number; calibration: Calibration };
}

/** How often the model is right where it is so sure: a bar on the diagonal is a model that knows what it knows. */
export function Reliability({ first, latest }: Props) {
  const both = first.step === latest.step ? [latest] : [first, latest];
  return (
    <figure className="reliability" aria-label="Reliability">
      <p>Expected calibration error <strong>{digits(latest.calibration.error)}</strong>{both.length > 1 && `, ${digits(first.calibration.error)} at step ${first.step}`}: how far it is from being as often right as it is sure.</p>
      <div className="reliability-pair">{both.map((one) => <Diagram key={one.step} {...one} />)}</div>
      <details className="more">
        <summary>As a table</summary>
        {both.map(({ step, calibration: { bins } }) => (
          <table key={step}>
            <caption className="small muted">Held-out rows at step {step}</caption>
            <thead><tr><th scope="col">sure by</th><th scope="col">rows</th><th scope="col">mean confidence</th><th scope="col">right</th></tr></thead>
            <tbody>{bins.map(({ rows, confidence, accuracy }, index) => rows > 0 && <tr key={index}><th scope="row">{index * 10} to {index * 10 + 10} %</th><td>{rows}</td><td>{percent(confidence)}</td><td>{percent(accuracy)}</td></tr>)}</tbody>
          </table>
        ))}
      </details>
    </figure>
  );
}

/** Confidence across, share that is right up; what lies between a bar and the diagonal is outlined. */
function Diagram({ step, calibration: { bins } }: Props['latest']) {
  const wide = SIDE / bins.length;
  return (
    <div>
      <svg viewBox={`-1 -1 ${SIDE + 2} ${SIDE + 2}`} width={SIDE} height={SIDE} aria-hidden="true">
        <rect width={SIDE} height={SIDE} className="reliability-frame" />
        {bins.map(({ rows, accuracy, confidence }, index) => rows > 0 && (
          <g key={index}>
            <rect x={index * wide + 1} width={wide - 2} y={SIDE * (1 - accuracy)} height={SIDE * accuracy} className="reliability-bar" />
            <rect x={index * wide + 1} width={wide - 2} y={SIDE * (1 - Math.max(accuracy, confidence))} height={SIDE * Math.abs(accuracy - confidence)} className="reliability-gap" />
          </g>
        ))}
        <path d={`M0 ${SIDE}L${SIDE} 0`} className="reliability-diagonal" />
      </svg>
      <p className="small muted">step {step}: sure across, right up</p>
    </div>
  );
}
