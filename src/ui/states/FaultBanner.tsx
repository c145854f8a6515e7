import { useState } from 'react';
import { fieldOf } from '../../config/change';
import { linkOf } from '../../config/url';
import { reloadAndGoOn } from '../../store/browserPlace';
import { usePage, usePlayground } from '../kit/context';
import { type FaultWords, SILENT_WORDS, wordsFor } from '../../protocol/faultWords';

/** The first fault that is still true: what happened, what to do, and a report to copy. */
export function FaultBanner() {
  const playground = usePlayground();
  const { transport, edits, store } = playground;
  const kept = usePage((state) => state.keeping.state === 'kept');
  const problem = usePage((state) => state.problem);
  const goOnFrom = usePage((state) => state.goOnFrom);
  const silent = usePage((state) => state.silent);
  if (!problem && !silent) return null;
  const words = problem ? wordsFor(problem.fault, navigator.userAgent) : SILENT_WORDS;

  const goesOn = words.action === 'restart_engine' && goOnFrom !== undefined;

  // A browser that gives no GPU any more may give one to a page that is loaded anew.
  const reloads = goesOn && kept && problem?.fault.code === 'no_adapter';

  const act = () => {
    const fault = problem?.fault;
    if (reloads) return void reloadAndGoOn(playground);
    if (words.action === 'restart_engine') transport.restartEngine();
    else if (fault?.code === 'diverged') {
      edits.set('optimizer.learningRate', fault.learningRate / 10);
      transport.reset();
      transport.start();
    } else if (fault?.code === 'out_of_memory' && fault.lower.length) {
      const field = fault.lower[0];
      const value = fieldOf(store.getState().draft, field);
      if (typeof value === 'number') edits.set(field, Math.max(1, Math.floor(value / 2)));
      else if (field.startsWith('consistency')) edits.set('consistency.kind', 'none');
      else if (field === 'model.weights') edits.set(field, fault.weights ?? 'f16');
      if (problem?.scope === 'run') transport.reset();
    } else transport.reset();
  };

  return (
    <section className={`banner ${words.tone}`} role={words.tone === 'calm' ? 'status' : 'alert'}>
      <div>
        <h2>{words.title}</h2>
        <p>{words.text}{goesOn && ` The run can go on from step ${goOnFrom}.`}</p>
        {words.command && <p><code>{words.command}</code></p>}
        {words.quote && <pre className="quote" tabIndex={0} aria-label="What the compiler said">{words.quote}</pre>}
      </div>
      <div className="banner-actions">
        {words.action !== 'none' && <button type="button" className="button filled" onClick={act}>{reloads ? `Reload and go on from step ${goOnFrom}` : goesOn ? `Go on from step ${goOnFrom}` : words.actionLabel}</button>}
        {problem && words.tone === 'bad' && <CopyReport words={words} />}
      </div>
    </section>
  );
}

function CopyReport({ words }: { words: FaultWords }) {
  const { store } = usePlayground();
  const [done, setDone] = useState(false);
  const copy = () => {
    const { problem, device, draft } = store.getState();
    const report = { title: words.title, fault: problem?.fault, device, settings: linkOf(draft), browser: navigator.userAgent };
    navigator.clipboard?.writeText(JSON.stringify(report, undefined, 1)).then(() => setDone(true), () => setDone(false));
  };
  return <button type="button" className="button" onClick={copy}>{done ? 'Copied' : 'Copy a report'}</button>;
}
