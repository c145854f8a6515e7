import { modelName } from '../../config/models';
import { isLora, isVirtual, PEFT_TITLES } from '../../config/peft';
import { digits, grouped } from '../../protocol/format';
import { scoresInWords, wordsOf } from '../../store/metrics';
import { startObstacle } from '../../store/obstacles';
import type { Adapting } from '../../store/state';
import { closeSheet } from '../address';
import { usePage, usePlayground } from '../kit/context';

/** An adapter that somebody gave: what it is on the model of the cards, or all that does not fit; and what can be done with it. */
export function PickedAdapter({ adapting }: { adapting: Adapting }) {
  return (
    <section className="picked" aria-label="The adapter you gave" aria-live="polite">
      <h3>{adapting.name}</h3>
      {adapting.state === 'looking' ? <p className="muted" role="status">Looking whether it fits the model on the cards.</p>
        : adapting.state === 'refused' ? <Refusal {...adapting} />
        : <Fits {...adapting} />}
    </section>
  );
}

/** The reason; where tensors do not fit, they stand below each other. */
function Refusal({ model, sentence }: Extract<Adapting, { state: 'refused' }>) {
  const [, file, unfit, rest] = /^(.+?): does not fit this base model: (.+?)\. (Take .+)$/s.exec(sentence) ?? [];
  return (
    <div role="alert">
      <p className="field-refusal">It cannot be put on {modelName(model)}. {unfit === undefined ? sentence : `Of ${file} these do not fit:`}</p>
      {unfit !== undefined && <ul className="unfit small" tabIndex={0} aria-label="What does not fit">{unfit.split('; ').map((one) => <li key={one}>{one}</li>)}</ul>}
      {rest !== undefined && <p>{rest}</p>}
    </div>
  );
}

function Fits({ adapter, model, settings, notes }: Extract<Adapting, { state: 'fits' }>) {
  const { edits, transport } = usePlayground();
  const taken = usePage((state) => state.draft.model.adapter === adapter);
  const sameModel = usePage((state) => state.draft.model.source === model);
  const obstacle = usePage(startObstacle);
  const { peft, rank, alpha, targets, fromLayer, virtualTokens, bottleneck } = settings;
  const begin = () => {
    edits.beginWith(adapter, settings);
    closeSheet();
  };
  const judge = () => {
    edits.beginWith(adapter, settings);
    transport.judge();
  };
  return (
    <>
      <dl className="facts">
        <dt>Base</dt><dd>{modelName(model)}: every tensor fits</dd>
        {peft && <><dt>Method</dt><dd>{PEFT_TITLES[peft]}</dd></>}
        {peft && isLora(peft) && <><dt>Rank and α</dt><dd>{rank}, {alpha}</dd><dt>Where</dt><dd>{targets?.join(' ')}{fromLayer ? `, from layer ${fromLayer} on` : ''}</dd></>}
        {peft && isVirtual(peft) && <><dt>Vectors</dt><dd>{virtualTokens}</dd></>}
        {peft === 'adapter' && <><dt>Bottleneck</dt><dd>{bottleneck}{fromLayer ? `, from layer ${fromLayer} on` : ''}</dd></>}
      </dl>
      {notes.map((note) => <p key={note} className="field-note">{note}</p>)}
      {!sameModel ? <p className="field-refusal" role="alert">The model on the cards is another one by now; give the adapter again.</p> : (
        <div className="take-ways">
          <button type="button" className="button filled" onClick={begin}>{taken ? 'Runs begin with it' : 'Let runs begin with it'}</button>
          <button type="button" className="button" disabled={obstacle !== undefined} title={obstacle} onClick={judge}>Evaluate it</button>
        </div>
      )}
      <Judged adapter={adapter} />
    </>
  );
}

/** How the adapter did as it is, where somebody asked. */
function Judged({ adapter }: { adapter: string }) {
  const run = usePage(({ runs }) => runs.findLast(({ config }) => config.model.adapter === adapter));
  const judging = usePage(({ phase, current, step }) => run !== undefined && current === run.id && step === 0 && phase !== 'failed');
  if (run?.test?.step === 0) {
    const { scores, rows } = run.test;
    return <p className="field-note" role="status">On {grouped(rows)} test rows: loss {digits(scores.loss)}, {scoresInWords(wordsOf(run.config), scores)}. The run waits at step 0; Resume trains it on.</p>;
  }
  return judging ? <p className="muted" role="status">It is being evaluated on the test rows.</p> : null;
}
