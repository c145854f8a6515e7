import { BUILT_IN_CATALOGUE, CATALOGUE } from '../../config/catalogue';
import { METHODS } from '../../config/methods';
import { builtInFacts, modelName } from '../../config/models';
import { isLora, PEFT_TITLES, type PeftKind } from '../../config/peft';
import { draftFacts } from '../../store/state';
import { openSheet } from '../address';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { FieldFrame } from '../kit/FieldFrame';
import { WordSelect } from '../kit/Segmented';
import { useField } from '../kit/useField';
import { DraftCost, ModelCost, useCosts } from './Cost';
import { MethodFields } from './MethodFields';
import { PlanFacts } from './PlanFacts';
import { Problems } from './Problems';
import { METHOD_OPTIONS } from './words';

/** Which model learns, and which of its tensors. */
export function ModelCard() {
  const model = useField<string>('model.source');
  useCosts('model', 'models');
  const method = useField<PeftKind>('model.peft');
  const adapter = useField<string | undefined>('model.adapter');
  const rank = usePage((state) => state.draft.model.rank);
  const facts = usePage(draftFacts);
  const { reason, source } = METHODS[method.value];
  const other = builtInFacts(model.value) ? undefined : model.value;
  const shown = other ? modelName(other) : facts?.architecture;
  const summary = [PEFT_TITLES[method.value], ...(isLora(method.value) ? [`r ${rank}`] : []), shown].join(' · ');
  return (
    <Card name="model" title="Model" summary={summary}>
      <FieldFrame field={model} label="Model">
        <div className="tiles" role="radiogroup" aria-label="Model">
          {other !== undefined && (
            <label className="tile">
              <input type="radio" name="model" checked readOnly />
              <strong>{modelName(other)}</strong>
              <span className="example">{purposeOf(facts?.name) ?? (facts ? `${facts.architecture}, ${facts.decoder ? 'it can write' : 'an encoder'}.` : 'Nobody has looked at it yet.')}</span>
              <DraftCost />
            </label>
          )}
          {BUILT_IN_CATALOGUE.map(({ source: name, purpose }) => (
            <label key={name} className="tile">
              <input type="radio" name="model" checked={model.value === name} onChange={() => model.set(name)} />
              <strong>{name}</strong>
              <span className="example">{purpose}</span>
              <ModelCost source={name} />
            </label>
          ))}
        </div>
        <button type="button" className="button another-model" aria-haspopup="dialog" data-opens="models" onClick={() => openSheet('models')}>Another model…</button>
      </FieldFrame>
      <FieldFrame field={method} label="Method">
        <p className="method say">Train it by <WordSelect label="Method" value={method.value} options={METHOD_OPTIONS} onChange={method.set} />.</p>
        <p className="small muted">{reason} <span className="source">{source}</span></p>
      </FieldFrame>
      {adapter.value !== undefined && (
        <FieldFrame field={adapter} label="Begins with">
          <p>The adapter <strong>{modelName(adapter.value)}</strong>, and its settings below. <button type="button" className="button" onClick={() => adapter.set(undefined)}>Take it off</button></p>
        </FieldFrame>
      )}
      <MethodFields />
      <Problems card="model" />
      <PlanFacts />
    </Card>
  );
}

const purposeOf = (name: string | undefined): string | undefined => CATALOGUE.find((entry) => entry.name === name)?.purpose;
