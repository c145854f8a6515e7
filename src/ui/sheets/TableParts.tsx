import { grouped } from '../../protocol/format';
import type { TableSet } from '../../protocol/tableMessages';
import type { ReadTable } from '../../protocol/tableReading';
import { usePlayground } from '../kit/context';

const PARTS: Record<TableSet['part'], { title: string; does: string }> = {
  training: { title: 'Training', does: 'learned from' },
  validation: { title: 'Validation', does: 'chooses the best step' },
  test: { title: 'Test', does: 'only reported' },
};

/** How many rows each part has, where they are from, and which of them are in training too. */
export function TableParts({ sets, parts }: Pick<ReadTable, 'sets' | 'parts'>) {
  const { tables } = usePlayground();
  const paths = Object.keys(parts);
  return (
    <section aria-label="Training, validation and test">
      <dl className="facts">
        {sets.map(({ part, files, rows, bad, shared, note }) => (
          <div key={`${part} ${files.join()}`} style={{ display: 'contents' }}>
            <dt>{PARTS[part].title}</dt>
            <dd>
              {rows === 0 && note ? `${files.join(', ')} cannot be used: ${note}` : `${grouped(rows)} rows, ${PARTS[part].does}; ${files.length > 0 ? `from ${files.join(', ')}` : 'split off by the seed, balanced by label'}${bad > 0 ? `, ${grouped(bad)} set aside` : ''}`}
              {shared > 0 && <strong> {grouped(shared)} {shared === 1 ? 'is' : 'are'} among the training rows too: a score on {shared === 1 ? 'it' : 'them'} is no score on what is new.</strong>}
              {rows > 0 && note && ` ${note}`}
            </dd>
          </div>
        ))}
      </dl>
      {paths.length > 1 && paths.map((path) => (
        <label key={path} className="table-part">
          <span>{path} is for</span>
          <select value={parts[path]} onChange={({ target }) => void tables.assign(path, target.value as TableSet['part'])}>
            {Object.entries(PARTS).map(([part, { title }]) => <option key={part} value={part}>{title.toLowerCase()}</option>)}
          </select>
        </label>
      ))}
    </section>
  );
}
