import { useRef } from 'react';
import { csvOf, jsonOf } from '../../store/recordFile';
import { tensorBoardOf } from '../../store/tensorBoard';
import { openSheet } from '../address';
import { download } from '../download';
import { Icon } from '../kit/Icon';
import { Popover } from '../kit/Popover';
import { usePage, usePlayground } from '../kit/context';

/** Runs out to files and back in. */
export function DownloadMenu() {
  const { runList, checkpoints } = usePlayground();
  const file = useRef<HTMLInputElement>(null);
  const visible = usePage((state) => state.runs.filter((run) => !run.hidden && run.kind !== 'recorded').length);
  // A checkpoint is made of what the engine holds: the run that is going, paused or has just finished.
  const canSave = usePage(({ phase, saving }) => !saving && (phase === 'running' || phase === 'paused' || phase === 'finished'));
  const what = `${visible} visible ${visible === 1 ? 'run' : 'runs'}`;
  return (
    <Popover label="Download and open runs" className="button plain icon" button={<Icon name="download" />}>
      {(close) => (
        <ul className="menu">
          <li><button type="button" className="button plain" disabled={visible === 0} onClick={() => { download(csvOf(runList.records()), 'lora-dropout-runs.csv', 'text/csv'); close(); }}>CSV: {what}, one value a line</button></li>
          <li><button type="button" className="button plain" disabled={visible === 0} onClick={() => { download(jsonOf(runList.records()), 'lora-dropout-runs.json', 'application/json'); close(); }}>JSON: {what}, can be opened again</button></li>
          <li><button type="button" className="button plain" disabled={visible === 0} onClick={() => { download(tensorBoardOf(runList.records()), 'lora-dropout-tensorboard.zip', 'application/zip'); close(); }}>TensorBoard: {what}, as a log directory</button></li>
          <li><button type="button" className="button plain" data-opens="export" onClick={() => { openSheet('export'); close(); }}>Adapter (PEFT) or merged model…</button></li>
          <li><button type="button" className="button plain" disabled={!canSave} onClick={() => { checkpoints.save(); close(); }}>Checkpoint: weights, optimizer and curves, to go on later</button></li>
          <li>
            <button type="button" className="button plain" onClick={() => file.current?.click()}>Open a run or a checkpoint…</button>
            <input
              ref={file} type="file" accept=".json,.safetensors,application/json" hidden
              onChange={(event) => {
                for (const chosen of event.target.files ?? []) void checkpoints.open(chosen);
                event.target.value = '';
                close();
              }}
            />
          </li>
          <li className="small muted">Or drop the file anywhere on the page. Runs are kept in this browser; a file is for another one.</li>
        </ul>
      )}
    </Popover>
  );
}
