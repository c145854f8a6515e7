import type { ChartKind } from '../../../store/chartModel';
import { digits, steady } from '../../../protocol/format';
import { usePage, usePlayground } from '../../kit/context';
import { wordsOf } from '../../../store/metrics';
import { focusedConfig, focusOf } from '../../kit/focus';

const LAST = 20;

/** The last evaluations of the focused run, as numbers. */
export function EvaluationTable({ kind }: { kind: ChartKind }) {
  const { data } = usePlayground();
  const focus = usePage(focusOf);
  const name = usePage((state) => state.runs.find(({ id }) => id === focus)?.name);
  const config = usePage(focusedConfig);
  const { metric, others } = wordsOf(config);
  const further = kind === 'metric' ? others : [];
  // The list of runs is a new one after every evaluation.
  usePage((state) => state.runs);
  const evaluations = (focus && data.get(focus)?.evaluations) || [];
  if (evaluations.length === 0) return <p className="small muted">No evaluations yet.</p>;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`Evaluations of ${name}`}>
      <table>
        <caption className="visually-hidden">Last {Math.min(LAST, evaluations.length)} evaluations of {name}</caption>
        <thead><tr><th scope="col">step</th><th scope="col">held-out loss</th><th scope="col">training loss</th><th scope="col">{kind === 'metric' ? `held-out ${metric}` : 'gap'}</th>{further.map((other) => <th scope="col" key={other.name}>{other.metric}</th>)}<th scope="col">seconds</th></tr></thead>
        <tbody>
          {evaluations.slice(-LAST).map(({ step, heldOut, train, seconds }) => (
            <tr key={step}>
              <th scope="row">{step}</th><td>{steady(heldOut.loss)}</td><td>{steady(train.loss)}</td>
              <td>{steady(kind === 'metric' ? heldOut.metric : heldOut.loss - train.loss)}</td>{further.map(({ name: other }) => <td key={other}>{heldOut.others?.[other] === undefined ? '–' : steady(heldOut.others[other]!)}</td>)}<td>{digits(seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
