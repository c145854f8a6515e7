import { useMemo } from 'react';
import { digits, percent } from '../../../protocol/format';
import type { KeyEffects, KeyPlace } from '../../../protocol/keyMessages';
import { DELETED_ROWS } from '../../../store/keys';
import { usePage, usePlayground } from '../../kit/context';
import { MatrixCanvas } from '../../masks/MatrixCanvas';
import { DeletionChart } from './DeletionChart';

/** What the answer of the model owes to each key: dropped one by one, and more and more of them. */
export function DroppedKeys({ width }: { width: number }) {
  const { keys } = usePlayground();
  const { asking, dropped, deleted, refused } = usePage((state) => state.keys);
  const place = usePage((state) => state.inspectedPlace);
  const still = usePage(({ phase, current }) => current !== undefined && (phase === 'paused' || phase === 'finished'));
  const waits = asking !== undefined;
  return (
    <article className="place dropped-keys">
      <header><h4>What a dropped key changes</h4></header>
      <p className="small muted">
        Each key of the sentence is dropped by itself, in one head, in the layer or everywhere, and the model answers again. DropKey and DropAttention with weights divided by their sum give the same answer, so this is what both take away.
      </p>
      <div className="dropped-keys-ask">
        <button type="button" className="button" disabled={!still || waits} onClick={() => keys.dropEach(place)}>Drop each key of the sentence</button>
        <button type="button" className="button" disabled={!still || waits} onClick={() => keys.deleteMore()}>Drop more and more of {DELETED_ROWS} rows</button>
        <span className="small muted" aria-live="polite">{waits ? 'Asking the model…' : still ? '' : 'Weights must stand still for it: pause the run, or wait for its end.'}</span>
      </div>
      {refused !== undefined && <p className="problem">No answer: {refused}.</p>}
      {dropped && <EffectMap step={dropped.step} effects={dropped.effects} width={width} />}
      {deleted && <DeletionChart step={deleted.step} curve={deleted.curve} width={width} />}
    </article>
  );
}

const nameOf = ({ layer, head }: KeyPlace) => (head !== undefined ? `layer ${layer}, head ${head}` : layer !== undefined ? `layer ${layer}, all heads` : 'all layers and heads');

/** Keys across, places down: orange where the answer loses by the key's absence, blue where it gains. */
function EffectMap({ step, effects: { tokens, answer, clean, places }, width }: { step: number; effects: KeyEffects; width: number }) {
  const values = useMemo(() => Float64Array.from(places.flatMap(({ changes }) => changes)), [places]);
  const side = Math.max(10, Math.min(26, Math.floor((width - 90) / tokens.length)));
  const all = places[places.length - 1];
  const [largest, key] = all.changes.reduce<[number, number]>((most, change, at) => (Math.abs(change) > Math.abs(most[0]) ? [change, at] : most), [0, 0]);
  const shown = (output: number) => (answer === undefined ? digits(output) : percent(output));
  const unit = answer === undefined ? 'score' : 'log odds';
  return (
    <>
      <p className="small">
        At step {step} the model {answer === undefined ? <>gives <strong>{digits(clean)}</strong></> : <>says <strong>{answer}</strong> with {percent(clean)}</>}.{' '}
        Without ‘{tokens[key]}’ everywhere {answer === undefined ? 'it gives' : 'that is'} {shown(all.outputs[key])}, the largest change of all keys ({unit} {signed(largest)}).
      </p>
      <figure className="effect-map">
        <div tabIndex={0} role="group" aria-label="Effect of each key, place by place">
          <div className="effect-places" aria-hidden="true">{places.map((place) => <span key={nameOf(place)}>{place.head !== undefined ? `head ${place.head}` : place.layer !== undefined ? `layer ${place.layer}` : 'all layers'}</span>)}</div>
          <div className="effect-cells">
            <div className="effect-keys" aria-hidden="true">{tokens.map((token, index) => <span key={index} style={{ width: side }}>{token}</span>)}</div>
            <MatrixCanvas label={`Change of the ${unit} for ${tokens.length} keys in ${places.length} places; the table below has the numbers`} rows={places.length} columns={tokens.length} values={values} diverging dropped={undefined} describe={(row, column) => `without ‘${tokens[column]}’ in ${nameOf(places[row])}`} size={side * tokens.length} height={places.length * 18} />
          </div>
        </div>
        <figcaption className="small muted">Keys across in the order of the sentence; down the heads of the layer, the whole layer, all layers. Change of the {unit}: orange loses, blue gains.</figcaption>
      </figure>
      <details className="more">
        <summary>As a table</summary>
        <div className="table-scroll" tabIndex={0} role="group" aria-label="Effect of each key as a table">
          <table className="keys-table">
            <caption className="small muted">{answer === undefined ? 'Score' : `Probability of ${answer}`} without the key, the change of the {unit}, and the weight that queries gave it</caption>
            <thead><tr><th scope="col">key</th>{places.map((place) => <th scope="col" key={nameOf(place)}>{nameOf(place)}</th>)}</tr></thead>
            <tbody>{tokens.map((token, row) => (
              <tr key={row}><th scope="row">{token}</th>{places.map((place) => <td key={nameOf(place)}>{shown(place.outputs[row])}, {signed(place.changes[row])}, weight {digits(place.weights[row])}</td>)}</tr>
            ))}</tbody>
          </table>
        </div>
      </details>
    </>
  );
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${digits(value)}`;
