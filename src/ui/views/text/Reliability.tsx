import { useRef } from 'react';
import type { Calibration } from '../../../protocol/predictionMessages';
import { digits, percent } from '../../../protocol/format';
import { usePage } from '../../kit/context';
import { chartSvg } from '../curves/chartPicture';
import { SavePicture, settingsOf } from '../curves/SavePicture';

const SIDE = 150;

interface Props {
  first: { step: number; calibration: Calibration };
  latest: { step: number; calibration: Calibration };
}

/** How often the model is right where it is so sure: a bar on the diagonal is a model that knows what it knows. */
export function Reliability({ first, latest }: Props) {
  const pair = useRef<HTMLDivElement>(null);
  const run = usePage((state) => state.runs.find(({ id }) => id === state.current));
  const both = first.step === latest.step ? [latest] : [first, latest];
  return (
    <figure className="reliability" aria-label="Reliability">
      <p>Expected calibration error <strong>{digits(latest.calibration.error)}</strong>{both.length > 1 && `, ${digits(first.calibration.error)} at step ${first.step}`}: how far it is from being as often right as it is sure.</p>
      <div className="reliability-pair" ref={pair}>{both.map((one) => <Diagram key={one.step} {...one} />)}</div>
      <details className="more">
        <summary>As a table, or a picture</summary>
        {both.map(({ step, calibration: { error } }, index) => (
          <SavePicture
            key={step} title={`Reliability at step ${step}`}
            make={() => {
              const drawing = pair.current?.querySelectorAll('svg')[index];
              return drawing && chartSvg(drawing, { title: `Reliability at step ${step}`, legend: [{ label: `expected calibration error ${digits(error)}`, colour: 'var(--run-0)' }], settings: run ? settingsOf(run) : [] });
            }}
          />
        ))}
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
