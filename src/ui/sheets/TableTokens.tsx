import { useEffect } from 'react';
import { builtInFacts } from '../../config/models';
import { grouped } from '../../protocol/format';
import type { MeasuredTable } from '../../protocol/tableReading';
import { usePage, usePlayground, useTable } from '../kit/context';

/** The table in tokens of the model of the cards: lengths, what is cut, and what is left out. */
export function TableTokens() {
  const { tables } = usePlayground();
  const { measured, looked } = useTable();
  const { source } = usePage((state) => state.draft.model);
  const longest = usePage((state) => state.draft.data.maxLength);
  useEffect(() => tables.measure(), [tables, source, longest]);
  const builtIn = builtInFacts(source);
  return (
    <section aria-label="In tokens">
      <h3>In tokens</h3>
      <p className="say" role="status">{measured ? sentenceOf(measured) : looked ? 'Counting tokens…' : ''}</p>
      {builtIn && <p className="say">{source} has read only generated English: what real texts say is new to it, and its scores on them are low.</p>}
    </section>
  );
}

function sentenceOf({ model, longest, rows, of, lengths, noRoom, conversations, obstacle }: MeasuredTable): string {
  if (obstacle !== undefined) return `${model}: ${obstacle}`;
  const parts: string[] = [];
  if (lengths) parts.push(`${rows < of ? `Of ${grouped(rows)} of ${grouped(of)} training rows, drawn once,` : 'Training rows have'} ${rows < of ? 'the lengths are ' : ''}${lengths.least} to ${lengths.greatest} tokens of ${model}, the median ${lengths.median}; 95 of 100 have at most ${lengths.most95}.`);
  if (lengths) parts.push(lengths.cutRows === 0 ? `None is longer than ${longest}.` : `${grouped(lengths.cutRows)} ${lengths.cutRows === 1 ? 'is' : 'are'} longer than ${longest} and ${lengths.cutRows === 1 ? 'loses its' : 'lose their'} end, ${grouped(lengths.cutTokens)} tokens in all.`);
  if (noRoom > 0) parts.push(`Of ${grouped(noRoom)} the prompt alone fills that, so they are left out.`);
  if (conversations) parts.push(conversations.template ? 'Conversations are written by the model’s own chat template.' : 'The model has no chat template: turns are read as lines, without roles, and only the last answer is scored.');
  if (conversations?.refused) parts.push(`${grouped(conversations.refused)} are left out: ${conversations.said}.`);
  return parts.join(' ');
}

/** A row to be written as the model reads it: what is scored is marked. */
export function ScoredText({ row }: { row: MeasuredTable['preview'][number] }) {
  if (row.refused !== undefined) return <em>{row.refused}</em>;
  return (
    <>
      {row.pieces?.map(({ text, scored }, index) => (scored ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>))}
      <br /><span className="small muted">{row.scored} of {row.tokens} tokens are scored</span>
    </>
  );
}
