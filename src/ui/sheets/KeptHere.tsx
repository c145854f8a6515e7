import { useRef, useState } from 'react';
import { forgetEverything } from '../../store/browserPlace';
import { MOST_KEPT } from '../../store/keptWeights';
import { everythingBytes, exportEverything, importEverything } from '../../store/everything';
import { bytes } from '../../protocol/format';
import { download } from '../download';
import { usePage, usePlayground } from '../kit/context';

const WORDS = {
  opening: 'Runs, what they have trained, settings, rows of tables and the last snapshot of a run that is going are kept in this browser.',
  kept: `Runs, what they have trained (${bytes(MOST_KEPT)} at most, the oldest make room), settings, rows of tables and the last snapshot of a run that is going are kept in this browser, and are here after a reload.`,
  elsewhere: 'Another tab of this page keeps the runs; those of this tab are gone when it is closed.',
  refused: 'This browser keeps no runs of this page; they are gone after a reload.',
} as const;

/** What this browser keeps of the page, and the way out of it, in, and away. */
export function KeptHere() {
  const playground = usePlayground();
  const state = usePage(({ keeping }) => keeping.state);
  const count = usePage(({ runs }) => runs.filter(({ kind }) => kind !== 'recorded').length);
  // Once the sheet is open nothing of it grows fast enough to matter.
  const [size] = useState(() => everythingBytes(playground));
  const file = useRef<HTMLInputElement>(null);
  const [sure, setSure] = useState(false);
  return (
    <section aria-labelledby="kept-title">
      <h3 id="kept-title">Kept here</h3>
      <p className="small muted">{WORDS[state]} Nothing is sent anywhere.</p>
      <p className="banner-actions">
        <button type="button" className="button" onClick={() => void exportEverything(playground).then((made) => download(made, 'lora-dropout-everything.zip', 'application/zip'), (error: Error) => playground.store.setState({ notice: `Not saved: ${error.message}` }))}>Save everything as a file, about {bytes(size)}</button>
        <button type="button" className="button" onClick={() => file.current?.click()}>Bring such a file back</button>
        <button type="button" className="button" onClick={() => (sure ? void forgetEverything(playground) : setSure(true))}>{sure ? `Forget ${count} ${count === 1 ? 'run' : 'runs'}, settings, tables and fetched models for good` : 'Forget everything'}</button>
      </p>
      <input
        ref={file} type="file" accept=".zip" hidden aria-label="File of everything"
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          if (chosen) void importEverything(playground, chosen);
          event.target.value = '';
        }}
      />
    </section>
  );
}
