import { kindOf, type RunConfig } from '../../config/config';
import { configNotes } from '../../config/problems';
import { type DropoutRules, type Position, POSITIONS } from '../../config/dropout';
import { presetOf, rulesFor } from '../../config/presets';
import { literatureName } from '../../config/literature';
import { draftFacts } from '../../store/state';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';
import { ConsistencyClause } from './ConsistencyClause';
import { Problems } from './Problems';
import { RuleClause } from './RuleClause';

/** The order in which another place is offered: what the paper combines first. */
const NEXT_PLACE: readonly Position[] = ['hidden', 'logits', 'weights', 'lora_input', 'output', 'embedding', 'ffn_inner', 'lora_rank'];

/** Whether a clause of the sentence stands for `field` and says what was refused of it; a place that was refused as a whole is gone again. */
function hasClause({ dropout, consistency }: RunConfig, field: string): boolean {
  const [group, position] = field.split('.');
  return group === 'dropout' ? dropout[position as Position] !== undefined : consistency.kind !== 'none';
}

/** The whole dropout setting as one sentence whose words can be exchanged. */
export function DropoutCard() {
  const { edits } = usePlayground();
  const draft = usePage((state) => state.draft);
  const facts = usePage(draftFacts);
  const refusal = usePage((state) => state.refusal);
  const named = literatureName(draft.dropout, draft.consistency, draft.model.peft);
  const places = POSITIONS.filter((position) => draft.dropout[position]);
  const free = NEXT_PLACE.find((position) => !draft.dropout[position]);
  const replace = (rules: DropoutRules) => edits.set('dropout', rules);
  // What a preset is, is said above where it is chosen.
  const edited = usePage((state) => presetOf(state.draft, draftFacts(state)) === undefined);
  const advice = configNotes(draft, facts).find(({ field }) => field === 'dropout')?.sentence;
  const refused = refusal && !hasClause(draft, refusal.field) && /^(dropout|consistency)/.test(refusal.field);

  return (
    <section className="card dropout" aria-labelledby="dropout-title">
      <header className="dropout-head">
        <h3 id="dropout-title">Dropout</h3>
        <p className="called" title={named.note}><span className="visually-hidden">In the literature: </span>{named.title}</p>
      </header>
      <div className="sentence say">
        {places.length === 0 && <p>While training, drop <strong>nothing</strong>.</p>}
        {places.map((position, index) => (
          <RuleClause key={position} position={position} opening={index === 0 ? 'While training, drop' : 'and drop'} last={index === places.length - 1 && draft.consistency.kind === 'none'} rules={draft.dropout} onRules={replace} />
        ))}
        {draft.consistency.kind !== 'none' && <ConsistencyClause />}
      </div>
      <div className="sentence-tools">
        {free && (
          <button type="button" className="button" onClick={() => replace(rulesFor(facts, { ...draft.dropout, [free]: { p: 0.1, pattern: free === 'logits' || free === 'weights' ? 'column' : 'element' } }))}>
            <Icon name="plus" />{places.length ? 'a second place'.replace('second', places.length === 1 ? 'second' : 'further') : 'drop something'}
          </button>
        )}
        {draft.consistency.kind === 'none' && (
          <button type="button" className="button" title="A second pass over the same batch; their difference joins the loss. About twice the work a step." onClick={() => edits.set('consistency', { ...draft.consistency, kind: kindOf(draft.data) === 'regression' ? 'mse' : 'kl' })}>
            <Icon name="plus" />pull two passes together
          </button>
        )}
      </div>
      {advice && <p className="field-note">{advice}</p>}
      <Problems card="dropout" />
      {refused && <p className="field-refusal" role="alert">{refusal.sentence}</p>}
      {named.note && edited && <p className="small muted">{named.note}</p>}
    </section>
  );
}
