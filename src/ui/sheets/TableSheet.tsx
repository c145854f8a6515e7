import { type DragEvent, useRef, useState } from 'react';
import { closeSheet } from '../address';
import { usePlayground, useTable } from '../kit/context';
import { droppedFiles, type GivenFiles, pickedFiles } from '../models/droppedFiles';
import { isTablePath } from '../../config/dataSources';
import { bytes as sized } from '../../protocol/format';
import { TableFrom, TableNamed, TablePresets } from './TableFrom';
import { TableParts } from './TableParts';
import { TableReport } from './TableReport';
import { TableTokens } from './TableTokens';

const KINDS = '.tsv,.csv,.txt,.jsonl,.ndjson,.json,.parquet,.gz';

/** A table of the visitor's own: picked, dropped or pasted, what is read from it, and its rows for the next run. Nothing leaves the page. */
export default function TableSheet() {
  const { tables } = usePlayground();
  const { name, reading, bytes, looked, fault, isNamed, measured } = useTable();
  const picker = useRef<HTMLInputElement>(null);
  const take = ({ name: called, files, folder }: GivenFiles) => {
    // Of a folder only what can be a table, and of those only what lies at its top, where there is some.
    const inside = folder ? files.filter(({ path }) => isTablePath(path)) : files;
    const depth = (path: string) => path.split('/').length;
    const top = Math.min(...inside.map(({ path }) => depth(path)));
    const chosen = folder ? inside.filter(({ path }) => depth(path) === top) : inside;
    if (chosen.length > 0) void tables.open(folder ? called : chosen[0].path, chosen);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void droppedFiles(event.dataTransfer).then(take);
  };
  const use = () => {
    tables.use();
    closeSheet();
  };
  return (
    <div className="table-sheet" data-takes-tables onDrop={drop}>
      <div className="table-give">
        <p className="say">TSV, CSV, JSON Lines, JSON or Parquet, also as .gz: one file, or one for each of training, validation and test, or a folder dropped here. Read here, in this tab.</p>
        <button type="button" className="button filled" onClick={() => picker.current?.click()}>Choose a file</button>
        <input ref={picker} type="file" accept={KINDS} multiple hidden aria-label="File of a table" onChange={({ target }) => { if (target.files) take(pickedFiles(target.files)); target.value = ''; }} />
      </div>
      <TablePresets />
      <Paste />
      <TableFrom />
      <TableNamed />
      <p role="status" className="muted">{reading ? `Reading ${name}…${bytes === undefined ? '' : ` ${sized(bytes)} so far`}` : looked ? `${looked.report.file} was read.` : ''}</p>
      {fault && <p className="field-refusal" role="alert">{fault}</p>}
      {looked?.handed && !reading && (
        <div className="table-use">
          <button type="button" className="button filled" onClick={use}>Use the good rows</button>
          <p className="small muted">{isNamed ? 'This is the table that the settings name, read as they say.' : 'The data before it stays until then; a run that is going on keeps its own.'}</p>
        </div>
      )}
      {looked?.handed && <TableParts {...looked} />}
      {looked?.handed && <TableTokens />}
      {looked && <TableReport key={looked.id} {...looked} measured={measured} />}
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
        <button type="button" className="button" disabled={text.trim() === ''} onClick={() => void tables.open('pasted rows', [{ path: 'pasted rows', blob: new Blob([text]) }])}>Read them</button>
      </div>
    </details>
  );
}
