import { grouped } from '../../protocol/format';
import type { BadRow, Example, Question, Reading, Report, Wishes } from '../../protocol/tableMessages';
import type { MeasuredTable } from '../../protocol/tableReading';
import { visible } from '../../protocol/visible';
import { usePlayground, useTable } from '../kit/context';
import { ScoredText } from './TableTokens';

const KINDS: Record<Report['problem'], string> = {
  classification: 'One text and a class', regression: 'One text and a score', pairs: 'Two texts and a label', generation: 'A prompt and a text to write', refused: 'Nothing to learn from',
};
const SHOWN_BAD = 200;
const SHOWN_LABELS = 20;

/** What a table holds: how many rows, what is to be asked, the first rows, what was set aside, and what was done. */
export function TableReport({ report, preview, measured }: { report: Report; preview: readonly Example[]; measured: MeasuredTable | undefined }) {
  const { tables } = usePlayground();
  const { wishes } = useTable();
  const { bad_rows: bad, notes, questions } = report;
  const isRefused = report.problem === 'refused';
  return (
    <>
      <section aria-label="What was read">
        <p className="say"><strong>{grouped(report.rows)} of {grouped(report.rows_read)} rows can be used.</strong> {KINDS[report.problem]}.</p>
        {isRefused && <p className="say" role="alert">{notes.at(-1)?.includes('set aside') ? notes.findLast((note) => !note.includes('set aside')) : notes.at(-1)}</p>}
        {Object.keys(wishes).length > 0 && <button type="button" className="button link" onClick={() => void tables.forget()}>Read it as it is found</button>}
      </section>
      {questions.map((question) => <Asked key={question.question} {...question} />)}
      {!isRefused && <Labels {...report} />}
      {preview.length > 0 && <Rows rows={preview} measured={measured} />}
      {bad.length > 0 && <Bad rows={bad} all={report.bad_rows_in_all ?? bad.length} />}
      <section aria-label="What was done">
        <h3>What was done</h3>
        <ul>{notes.map((note) => <li key={note}>{note}</li>)}</ul>
      </section>
      <Found {...report} />
    </>
  );
}

function Labels({ label_counts: counts, range, rows }: Report) {
  if (range) return <p className="say">Scores from {range[0]} to {range[1]}.</p>;
  const labels = Object.entries(counts ?? {});
  if (labels.length === 0) return null;
  return (
    <dl className="facts" aria-label="Labels">
      {labels.slice(0, SHOWN_LABELS).map(([label, many]) => <div key={label} style={{ display: 'contents' }}><dt>{visible(label)}</dt><dd>{grouped(many)} · {Math.round((100 * many) / rows)} %</dd></div>)}
      {labels.length > SHOWN_LABELS && <><dt>others</dt><dd>{labels.length - SHOWN_LABELS} more</dd></>}
    </dl>
  );
}

/** What can be read in two ways, with what each gives. */
function Asked({ question, readings, of }: Question) {
  return (
    <section className="table-question" aria-label="To be asked">
      <p className="say">{question}</p>
      {of && <p className="small muted">Looked at: {of}.</p>}
      <div className="table-readings">{readings.map((reading) => <Way key={JSON.stringify(reading.choose)} {...reading} />)}</div>
    </section>
  );
}

function Way({ choose, taken, rows, bad_rows: bad, problem, first, label_counts: counts, range }: Reading) {
  const { tables } = usePlayground();
  const labels = counts ? Object.entries(counts).map(([label, many]) => `${visible(label)} ${many}`).join(', ') : range ? `scores ${range[0]} to ${range[1]}` : '';
  const text = first?.text ?? first?.prompt_parts?.find((part) => part);
  return (
    <div className="table-reading">
      <p><strong>{wordsOf(choose)}</strong>: {problem === 'refused' ? 'nothing to learn from' : `${grouped(rows)} rows`}{bad > 0 && `, ${grouped(bad)} set aside`}{labels && ` (${labels})`}</p>
      {text && <q className="small">{text.slice(0, 160)}</q>}
      {taken ? <span className="small muted">This is what was taken.</span> : <button type="button" className="button" onClick={() => void tables.choose(choose)}>Read it this way</button>}
    </div>
  );
}

const NAMES: Partial<Record<keyof Wishes, string>> = { text2: 'second text', target_text: 'written', no_label: 'no label', target: 'as', problem: 'as', decimal: 'decimal' };
const ANSWERS: Partial<Record<keyof Wishes, readonly [yes: string, no: string]>> = { join_labels: ['one label', 'different labels'], join_cells: ['joined back', 'set aside'], header: ['line 1 has the names', 'no header'] };

/** "quoting csv", "no label -1", "joined back". */
function wordsOf(choose: Wishes): string {
  return Object.entries(choose).map(([key, value]) => {
    const answer = ANSWERS[key as keyof Wishes];
    if (answer && typeof value === 'boolean') return answer[value ? 0 : 1];
    if (key === 'header') return `line ${value} has the names`;
    const word = Array.isArray(value) ? value.join(' and ') || 'none' : value === null ? 'none' : value === '\t' ? 'tab' : String(value);
    return `${NAMES[key as keyof Wishes] ?? key} ${word}`;
  }).join(', ');
}

function Rows({ rows, measured }: { rows: readonly Example[]; measured: MeasuredTable | undefined }) {
  const isWritten = measured?.preview.some(({ pieces }) => pieces) === true;
  return (
    <section aria-label="First rows">
      <h3>First rows</h3>
      {isWritten && <p className="small muted">What is marked is scored: the model learns to write it.</p>}
      <div className="table-scroll" tabIndex={0} role="group" aria-label="First rows, as they were read">
        <table>
          <thead><tr><th scope="col">Where</th><th scope="col">Text</th>{!isWritten && <th scope="col">Label or text to write</th>}{!isWritten && measured && <th scope="col">Tokens</th>}</tr></thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={`${row.line} ${row.record}`}>
                <th scope="row">{placeOf(row)}</th>
                <td>{isWritten && measured.preview[index] ? <ScoredText row={measured.preview[index]} /> : row.messages ? row.messages.map(({ role, content }) => `${role}: ${content}`).join('\n') : [row.text, row.text2, ...(row.prompt_parts ?? [])].filter((part) => part).join('\n')}</td>
                {!isWritten && <td>{row.label ?? row.target_text}</td>}
                {!isWritten && measured && <td>{measured.preview[index]?.tokens}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const placeOf = ({ line, record }: { line?: number; record?: number }): string => (line === undefined ? `record ${record}` : `line ${line}`);

function Bad({ rows, all }: { rows: readonly BadRow[]; all: number }) {
  return (
    <details className="more">
      <summary>{grouped(all)} {all === 1 ? 'row is' : 'rows are'} set aside</summary>
      <ul>{rows.slice(0, SHOWN_BAD).map((row, index) => <li key={index}>{placeOf(row)}: {row.reason}</li>)}</ul>
      {all > SHOWN_BAD && <p className="small muted">{grouped(all - SHOWN_BAD)} more.</p>}
    </details>
  );
}

function Found({ columns, delimiter, quoting, encoding, newline }: Report) {
  const roles = [['Text', columns.text], ['Second text', columns.text2], ['Label', columns.label], ['Prompt', columns.prompt?.join(', ')], ['Text to write', columns.target_text], ['Left out', columns.ignored.join(', ')]] as const;
  return (
    <details className="more">
      <summary>How the file is made</summary>
      <dl className="facts">
        {roles.map(([role, column]) => column !== undefined && column !== '' && <div key={role} style={{ display: 'contents' }}><dt>{role}</dt><dd>{column}</dd></div>)}
        <dt>Header</dt><dd>{columns.header_line === null ? 'none' : `line ${columns.header_line}`}</dd>
        <dt>Delimiter</dt><dd>{delimiter === '\t' ? 'tab' : delimiter}</dd>
        <dt>Quotes</dt><dd>{quoting}</dd>
        <dt>Encoding</dt><dd>{encoding}</dd>
        <dt>Ends of lines</dt><dd>{newline}</dd>
      </dl>
    </details>
  );
}
