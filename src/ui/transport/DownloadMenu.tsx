import { useRef } from 'react';
import { csvOf, jsonOf } from '../../store/recordFile';
import { Icon } from '../kit/Icon';
import { Popover } from '../kit/Popover';
import { usePage, usePlayground } from '../kit/context';

function save(text: string, name: string, type: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser reads the blob after the click; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Runs out to files and back in. */
export function DownloadMenu() {
  const { runList } = usePlayground();
  const file = useRef<HTMLInputElement>(null);
  const visible = usePage((state) => state.runs.filter((run) => !run.hidden && run.kind !== 'recorded').length);
  const what = `${visible} visible ${visible === 1 ? 'run' : 'runs'}`;
  return (
    <Popover label="Download and open runs" className="button plain icon" button={<Icon name="download" />}>
      {(close) => (
        <ul className="menu">
          <li><button type="button" className="button plain" disabled={visible === 0} onClick={() => { save(csvOf(runList.records()), 'lora-dropout-runs.csv', 'text/csv'); close(); }}>CSV: {what}, one value a line</button></li>
          <li><button type="button" className="button plain" disabled={visible === 0} onClick={() => { save(jsonOf(runList.records()), 'lora-dropout-runs.json', 'application/json'); close(); }}>JSON: {what}, can be opened again</button></li>
          <li>
            <button type="button" className="button plain" onClick={() => file.current?.click()}>Open a JSON run…</button>
            <input
              ref={file} type="file" accept=".json,application/json" hidden
              onChange={(event) => {
                for (const chosen of event.target.files ?? []) void chosen.text().then((text) => runList.open(text, chosen.name));
                event.target.value = '';
                close();
              }}
            />
          </li>
          <li className="small muted">Or drop the file anywhere on the page. Runs live in this tab only: download what you want to keep.</li>
        </ul>
      )}
    </Popover>
  );
}
