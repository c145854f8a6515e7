import { type FormEvent, useState } from 'react';
import { digits, percent } from '../../../protocol/format';
import { usePage, usePlayground } from '../../kit/context';
import { Tokens } from './Tokens';

/** A box for a text of one's own: a decoder writes behind it, others say what they make of it. */
export function OwnText({ writes }: { writes: boolean }) {
  const { answers } = usePlayground();
  const [text, setText] = useState('');
  const [pair, setPair] = useState('');
  const paired = usePage((state) => state.answers.latest?.rows.some((row) => row.pair !== undefined) ?? state.previews[state.draft.data.source]?.heldOut.some((row) => row.pair !== undefined) ?? false);
  const running = usePage((state) => state.current !== undefined && state.phase !== 'starting' && state.phase !== 'failed');
  const waiting = usePage((state) => state.answers.asking !== undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (writes) answers.write(text, {});
    else answers.classify(text, paired ? pair : undefined);
  };
  const empty = text.trim() === '' || (paired && !writes && pair.trim() === '');
  return (
    <section className="texts" aria-labelledby="own-text-title">
      <div className="chart-head"><h3 id="own-text-title">{writes ? 'A prompt of yours' : 'A text of yours'}</h3></div>
      <form className="own-text" onSubmit={submit}>
        <textarea aria-label={writes ? 'Prompt' : paired ? 'First text' : 'Text'} rows={2} value={text} onChange={(event) => setText(event.target.value)} />
        {paired && !writes && <textarea aria-label="Second text" rows={2} value={pair} onChange={(event) => setPair(event.target.value)} />}
        <button type="submit" className="button" disabled={!running || empty || waiting}>{waiting ? 'Asking…' : writes ? 'Write' : 'Read'}</button>
        {!running && <span className="small muted">Needs a run: press Start.</span>}
      </form>
      <div aria-live="polite"><Answer /></div>
    </section>
  );
}

function Answer() {
  const own = usePage((state) => state.answers.own);
  if (!own) return null;
  if (own.type === 'unwritten') return <p className="problem">No answer: {own.sentence}.</p>;
  if (own.type === 'wrote') return <p className="own-answer"><span className="small muted">step {own.step}</span> <span className="text-prompt">{own.texts[0].prompt}</span> <Tokens written={own.texts[0]} /></p>;
  const { outputs } = own.rows[0];
  return (
    <p className="own-answer">
      <span className="small muted">step {own.step}</span>{' '}
      {own.labels.length === 0 ? <strong>{digits(outputs[0])}</strong> : own.labels.map((label, index) => <span key={label} className={outputs[index] === Math.max(...outputs) ? 'answer chosen' : 'answer'}>{label} {percent(outputs[index])}</span>)}
    </p>
  );
}
