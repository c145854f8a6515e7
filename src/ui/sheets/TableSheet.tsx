import { type DragEvent, useRef, useState } from 'react';
import { usePlayground, useTable } from '../kit/context';
import { TableReport } from './TableReport';

const KINDS = '.tsv,.csv,.txt,.jsonl,.ndjson,.json,.parquet,.gz';

/** A table of the visitor's own: picked, dropped or pasted, and what would be read from it. Nothing leaves the page, and no run is touched. */
export default function TableSheet() {
  const { tables } = usePlayground();
  const { name, reading, looked, fault } = useTable();
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) void tables.open(file.name, file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  return (
    <div className="table-sheet" data-takes-tables onDrop={drop}>
      <div className="table-give">
        <p className="say">TSV, CSV, JSON Lines, JSON or Parquet, also as .gz. It is read here, in this tab.</p>
        <button type="button" className="button filled" onClick={() => picker.current?.click()}>Choose a file</button>
        <input ref={picker} type="file" accept={KINDS} hidden aria-label="File of a table" onChange={({ target }) => { take(target.files); target.value = ''; }} />
      </div>
      <Paste />
      <p role="status" className="muted">{reading ? `Reading ${name}…` : looked ? `${looked.report.file} was read.` : ''}</p>
      {fault && <p className="field-refusal" role="alert">{fault}</p>}
      {looked && <TableReport key={looked.id} {...looked} />}
      <p className="small muted">This shows what is read, set aside and to be asked. Runs on this page train on the tasks of the Data card; on a table of your own they do not yet.</p>
    </div>
  );
}

function Paste() {
  const { tables } = usePlayground();
  const [text, setText] = useState('');
  return (
    <details className="more">
      <summary>Paste rows</summary>
      <div className="table-paste">
        <textarea aria-label="Rows" spellCheck={false} value={text} onChange={({ target }) => setText(target.value)} placeholder={'text\tlabel\nWarm and quick\tgood'} />
        <button type="button" className="button" disabled={text.trim() === ''} onClick={() => void tables.open('pasted rows', new Blob([text]))}>Read them</button>
      </div>
    </details>
  );
}
