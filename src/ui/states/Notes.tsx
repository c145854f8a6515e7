import { useState } from 'react';
import { PRESETS } from '../../config/presets';
import { draftObstacle } from '../../store/obstacles';
import { LAST_VISIT } from '../../store/keeping';
import type { PageState } from '../../store/state';
import { OFFERED_PRESET } from '../../store/transport';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';

/** What a link brought, and what of it was not understood. */
export function LinkNote() {
  const { edits } = usePlayground();
  const link = usePage((state) => state.link);
  const idle = usePage((state) => state.current === undefined);
  const runnable = usePage((state) => draftObstacle(state) === undefined && state.engine !== 'absent');
  // What was ignored stays to be read; the rest has been said once the run is going.
  if (!link || link.dismissed || (!idle && link.ignored.length === 0)) return null;
  const { applied, ignored, changes } = link;
  return (
    <div className="note" role="status">
      <p>
        From a link: {applied} {applied === 1 ? 'setting' : 'settings'}{changes.length > 0 && `, and ${changes.length} ${changes.length === 1 ? 'change' : 'changes'} that will be made again while it runs`}.{idle && runnable && ' Press Start to run it.'}
        {ignored.length > 0 && <> {ignored.length} {ignored.length === 1 ? 'is' : 'are'} unknown here and {ignored.length === 1 ? 'was' : 'were'} ignored: {ignored.map((text) => <code key={text}>{text}</code>)}</>}
      </p>
      <button type="button" className="button plain icon" aria-label="Close" onClick={edits.dismissLink}><Icon name="close" size={12} /></button>
    </div>
  );
}

/** A sentence about a file that could not be read. */
export function Notice() {
  const { store } = usePlayground();
  const notice = usePage((state) => state.notice);
  if (!notice) return null;
  return (
    <div className="note warning" role="alert">
      <p>{notice}</p>
      <button type="button" className="button plain icon" aria-label="Close" onClick={() => store.setState({ notice: undefined })}><Icon name="close" size={12} /></button>
    </div>
  );
}

/** What will not be here after a reload, where one would expect that it is. */
function keepingSentence(keeping: PageState['keeping']): string | undefined {
  if (keeping.state === 'elsewhere') return 'This page is open in another tab, which keeps the runs. Those of this tab are here until it is closed; download what you want to keep.';
  if (keeping.state === 'kept') return keeping.withoutRows && `The rows of ${keeping.withoutRows} found no room in this browser. Runs on them are kept; after a reload the page asks for the file, and they go on exactly.`;
  if (keeping.state !== 'refused') return undefined;
  const why = keeping.room ? 'there is no room left for this page. Free some, under ? or on the disk; it tries again by itself' : `the browser keeps nothing for it (${keeping.detail}), as in a private window`;
  return `Runs will not survive a reload: ${why}. Download what you want to keep.`;
}

export function KeepingNote() {
  const sentence = usePage(({ keeping }) => keepingSentence(keeping));
  const [closed, setClosed] = useState<string>();
  if (!sentence || closed === sentence) return null;
  return (
    <div className="note" role="status">
      <p>{sentence}</p>
      <button type="button" className="button plain icon" aria-label="Close" onClick={() => setClosed(sentence)}><Icon name="close" size={12} /></button>
    </div>
  );
}

/** An opened checkpoint: its curves are drawn, and it can go on. */
export function CheckpointNote() {
  const { checkpoints } = usePlayground();
  const checkpoint = usePage((state) => state.checkpoint);
  const obstacle = usePage((state) => (state.engine === 'ready' ? undefined : state.engine === 'starting' ? 'The engine is starting.' : 'There is no engine to go on with.'));
  if (!checkpoint) return null;
  const { fileName, step, record } = checkpoint;
  const left = fileName === LAST_VISIT;
  const { steps } = record.config.optimizer;
  return (
    <div className="note offer" role="status" title={fileName}>
      <p><strong>{record.name}, {left ? 'going when this page was left, last kept' : 'saved'} at step {step} of {steps}.</strong> {step < steps ? 'Its curves so far are below. Going on continues with the same weights, moments, order of rows and masks, as if it had never stopped.' : 'It had reached its end; its curves are below.'}</p>
      {step < steps && <button type="button" className="button filled" disabled={obstacle !== undefined} title={obstacle} onClick={checkpoints.goOn}>Go on from step {step}</button>}
      <button type="button" className="button plain icon" aria-label="Close" onClick={checkpoints.dismiss}><Icon name="close" size={12} /></button>
    </div>
  );
}

/** After the first run that overfits: one quiet offer, once. */
export function Offer() {
  const { transport } = usePlayground();
  const offer = usePage((state) => state.offer);
  if (offer !== 'shown') return null;
  const { title, reason } = PRESETS[OFFERED_PRESET];
  return (
    <div className="note offer" role="status">
      <p><strong>Your run has learned its rows by heart.</strong> Does dropout keep it from doing so? Next: {title}. {reason}</p>
      <button type="button" className="button filled" onClick={transport.takeOffer}>Run it over this one</button>
      <button type="button" className="button plain icon" aria-label="Close" onClick={transport.dismissOffer}><Icon name="close" size={12} /></button>
    </div>
  );
}
