import { useState } from 'react';
import { dataPreset, DATA_PRESET_NAMES, type DataPresetName } from '../../config/dataPresets';
import { type Part, tableKey } from '../../config/tables';
import type { DatasetConfiguration, DatasetOffer } from '../../protocol/datasetMessages';
import { bytes as sized, grouped } from '../../protocol/format';
import { partsFor } from '../../store/tables';
import { usePage, usePlayground, useTable } from '../kit/context';

/** A set of the paper as one choice, whose files are the visitor's own or the Hub's. */
export function TablePresets() {
  const { tables } = usePlayground();
  const { preset, reading } = useTable();
  const known = preset && dataPreset(preset);
  return (
    <div className="table-part">
      <label>
        <span>Set of the paper</span>{' '}
        <select value={preset ?? ''} onChange={({ target }) => void tables.mirror((target.value || undefined) as DataPresetName | undefined)}>
          <option value="">none of them</option>
          {DATA_PRESET_NAMES.map((name) => <option key={name} value={name}>{dataPreset(name).title}</option>)}
        </select>
      </label>
      {known && <button type="button" className="button" disabled={reading} onClick={() => void tables.look(known.hub.id)}>Look for it on the Hub</button>}
      {known && <span className="small muted">Files of it can be given, too. It is scored by {known.metrics.join(' and ')}; at most {known.maxLength} tokens a row{known.labels ? `; ${known.labels.join(', ')}` : ''}.</span>}
    </div>
  );
}

/** A dataset of the Hub or a file at an address: what it has is asked for first, and fetched when one says so. */
export function TableFrom() {
  const { tables } = usePlayground();
  const { offer, preset, reading } = useTable();
  const [text, setText] = useState('');
  return (
    <details className="more" open={offer !== undefined || undefined}>
      <summary>From the Hugging Face Hub, or an address</summary>
      <form className="table-paste" onSubmit={(event) => { event.preventDefault(); void tables.look(text); }}>
        <input type="text" aria-label="Dataset or address" spellCheck={false} autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} placeholder="org/name, or https://…/train.csv" />
        <button type="submit" className="button" disabled={text.trim() === '' || reading}>Look</button>
      </form>
      {offer && <Offer key={`${offer.source} ${preset}`} {...offer} />}
    </details>
  );
}

function Offer({ name, licence, configurations, notes }: DatasetOffer) {
  const { preset } = useTable();
  const wanted = preset && dataPreset(preset).hub.configuration;
  const [chosen, choose] = useState(configurations.find((one) => one.name === wanted)?.name ?? configurations[0]?.name);
  const configuration = configurations.find((one) => one.name === chosen);
  return (
    <section aria-label="What the dataset has">
      <p className="say"><strong>{name}</strong>{licence !== undefined && `, licence ${licence}`}. {notes.join(' ')}</p>
      {configurations.length > 1 && (
        <label className="table-part"><span>Configuration</span>
          <select value={chosen} onChange={({ target }) => choose(target.value)}>{configurations.map((one) => <option key={one.name}>{one.name}</option>)}</select>
        </label>
      )}
      {configuration && <Splits key={configuration.name} {...configuration} />}
    </section>
  );
}

const sizeOf = (bytes: number | undefined, rows: number | undefined) => [rows === undefined ? '' : `${grouped(rows)} rows`, bytes === undefined ? 'size unknown' : sized(bytes)].filter(Boolean).join(', ');

function Splits({ name, splits }: DatasetConfiguration) {
  const { tables } = usePlayground();
  const { preset, reading } = useTable();
  const [parts, setParts] = useState(() => partsFor(splits, preset, name));
  const taken = splits.filter((split) => parts[split.name] !== '');
  const known = taken.every(({ bytes }) => bytes !== undefined);
  const load = () => void tables.load(Object.fromEntries(taken.flatMap(({ name: split, files }) => files.map((path) => [path, parts[split] as Part]))));
  return (
    <>
      {splits.map((split) => (
        <label key={split.name} className="table-part">
          <span>{split.name} ({sizeOf(split.bytes, split.rows)}{split.partial ? ', its first part' : ''}) is for</span>
          <select value={parts[split.name]} onChange={({ target }) => setParts({ ...parts, [split.name]: target.value as Part | '' })}>
            <option value="">nothing</option><option value="training">training</option><option value="validation">validation</option><option value="test">test</option>
          </select>
        </label>
      ))}
      <button type="button" className="button filled" disabled={reading || !Object.values(parts).includes('training')} onClick={load}>{known ? `Fetch ${sized(taken.reduce((sum, { bytes = 0 }) => sum + bytes, 0))}` : 'Fetch it'}</button>
    </>
  );
}

/** What a link or a record names and the Hub has: nothing is fetched before one says so. */
export function TableNamed() {
  const { tables } = usePlayground();
  const { reading } = useTable();
  const { source, table } = usePage((state) => state.draft.data);
  const isHeld = usePage(({ heldTables, draft: { data } }) => data.table !== undefined && heldTables.includes(tableKey(data.source, data.table)));
  if (!table || isHeld || source.startsWith('local:')) return null;
  return (
    <div className="table-use">
      <button type="button" className="button filled" disabled={reading} onClick={() => void tables.loadNamed()}>Fetch what the settings name</button>
      <p className="small muted">{source}: {Object.values(table.files).flat().join(', ')}, {grouped(table.rows)} training rows.</p>
    </div>
  );
}
