import { useEffect, useRef } from 'react';
import { modelName, type ModelFacts } from '../../config/models';
import { bytes, grouped } from '../../protocol/format';
import { controlName, wordsFor } from '../../protocol/faultWords';
import type { ModelRefusal } from '../../protocol/modelMessages';
import { entryOf, type Estimate } from '../../store/state';
import { closeSheet } from '../address';
import { usePage, usePlayground } from '../kit/context';
import { Download } from './Download';
import { Token } from './Token';

/** What somebody asked about: what it is, what it takes, and the button that takes it. */
export function PickedModel({ source }: { source: string }) {
  const entry = usePage((state) => entryOf(state, source));
  const unreviewed = usePage((state) => state.unreviewed[source]);
  const section = useRef<HTMLElement>(null);
  // It may have been asked for from far down the list. (Newer browsers answer with a promise, which no effect may.)
  useEffect(() => void section.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <section ref={section} className="picked" aria-label="The model you asked about" aria-live="polite">
      <h3>{modelName(source)}</h3>
      {unreviewed && <p className="field-note">Safetensors from a pull request to {modelName(unreviewed)}, made by a bot: nobody of its owners has reviewed them. They are pinned to that commit.</p>}
      {entry?.state === 'refused' ? <Refused source={source} refusal={entry.refusal} />
        : entry?.state === 'described' ? <Described source={source} facts={entry.facts} toFetch={entry.toFetch} />
        : <p className="muted" role="status">Looking: sizes, tokenizer and licence; no weights.</p>}
    </section>
  );
}

function Refused({ source, refusal: { code, file, detail, conversion } }: { source: string; refusal: ModelRefusal }) {
  const { models } = usePlayground();
  const wantsToken = code === 'gated' || code === 'not_found' || code === 'forbidden';
  return (
    <>
      <p className="field-refusal" role="alert">{file}: {detail}.</p>
      {conversion !== undefined && (
        <>
          <p>A pull request to this repository offers safetensors. Nobody of its owners has reviewed them.</p>
          <button type="button" className="button" onClick={() => models.pick(conversion)}>Look at those, unreviewed</button>
        </>
      )}
      {wantsToken && <Token />}
      {code !== 'pickle_only' && !source.startsWith('local:') && <button type="button" className="button" onClick={() => models.look(source)}>Look again</button>}
    </>
  );
}

function Described({ source, facts, toFetch }: { source: string; facts: ModelFacts; toFetch: number }) {
  const { models } = usePlayground();
  const chosen = usePage((state) => state.draft.model.source === source);
  const fetching = usePage((state) => state.fetching?.source === source);
  const unfetched = usePage((state) => (state.unfetched?.source === source ? state.unfetched.refusal : undefined));
  const { architecture, layers, width, heads, vocabulary, longest, tokenizer, licence, parameters, formats, decoder, obstacle } = facts;
  return (
    <>
      <dl className="facts">
        <dt>Architecture</dt><dd>{architecture}, {decoder ? 'a decoder: it can write' : 'an encoder: it can classify'}</dd>
        <dt>Size</dt><dd>{layers} layers × {grouped(width)}, {heads} heads; {grouped(parameters)} weights in {formats.join(', ')}</dd>
        <dt>Text</dt><dd>{tokenizer ?? 'no tokenizer'}; {grouped(vocabulary)} tokens, {grouped(longest)} a text at most</dd>
        <dt>Licence</dt><dd>{licence ?? 'not said; look at its page'}</dd>
        <dt>To fetch</dt><dd>{toFetch === 0 ? 'nothing, it is on this machine' : `${bytes(toFetch)}${toFetch < facts.weightBytes ? ` of ${bytes(facts.weightBytes)}` : ''}`}</dd>
        <dt>Memory of a run</dt><dd><Memory source={source} /></dd>
      </dl>
      {obstacle !== undefined && <p className="field-refusal" role="alert">{obstacle}.</p>}
      {unfetched && <p className="field-refusal" role="alert">{unfetched.file}: {unfetched.detail}.</p>}
      {fetching ? <Download />
        : chosen && toFetch === 0 ? <p role="status"><strong>It is the model on the cards.</strong> <button type="button" className="button" onClick={closeSheet}>Done</button></p>
        : obstacle === undefined && <button type="button" className="button filled" onClick={() => models.fetch(source, true)}>{toFetch === 0 ? 'Use it' : `Fetch ${bytes(toFetch)} and use it`}</button>}
    </>
  );
}

/** What a run with the settings of the cards would take, and which control to lower where that is too much. */
function Memory({ source }: { source: string }) {
  const budget = usePage((state) => state.device?.memoryBudget);
  const estimate = usePage((state): Estimate | undefined => (state.draft.model.source === source && state.plan ? undefined : state.estimates[source]));
  const mine = usePage((state) => (state.draft.model.source === source ? state.plan : undefined));
  if (budget === undefined) return 'no GPU engine, so no run';
  const summary = mine ?? estimate?.summary;
  if (summary) return `${bytes(summary.bytes.total)} of ${bytes(budget)}: fits this adapter with the settings of the cards`;
  const fault = estimate?.fault;
  if (!fault) return 'being planned…';
  if (fault.code !== 'out_of_memory') return wordsFor(fault, navigator.userAgent).text;
  const needed = Number.isFinite(fault.neededBytes) ? bytes(fault.neededBytes) : 'more than a GPU can address';
  return <span className="too-much">{needed} of {bytes(fault.budgetBytes)}: does not fit. {fault.lower.length > 0 ? `Lower the ${fault.lower.map(controlName).join(' or the ')}.` : 'Choose a smaller model.'}</span>;
}
