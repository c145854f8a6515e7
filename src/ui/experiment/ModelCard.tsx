import { METHODS } from '../../config/methods';
import { MODEL_FOLDERS, type ModelFolder, MODELS } from '../../config/models';
import { isLora, PEFT_TITLES, type PeftKind } from '../../config/peft';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { FieldFrame } from '../kit/FieldFrame';
import { WordSelect } from '../kit/Segmented';
import { useField } from '../kit/useField';
import { MethodFields } from './MethodFields';
import { PlanFacts } from './PlanFacts';
import { Problems } from './Problems';
import { METHOD_OPTIONS } from './words';

/** Which model learns, and which of its tensors. */
export function ModelCard() {
  const folder = useField<ModelFolder>('model.folder');
  const method = useField<PeftKind>('model.peft');
  const rank = usePage((state) => state.draft.model.rank);
  const { reason, source } = METHODS[method.value];
  const summary = [PEFT_TITLES[method.value], ...(isLora(method.value) ? [`r ${rank}`] : []), MODELS[folder.value].architecture].join(' · ');
  return (
    <Card name="model" title="Model" summary={summary}>
      <FieldFrame field={folder} label="Model">
        <div className="tiles" role="radiogroup" aria-label="Model">
          {MODEL_FOLDERS.map((name) => (
            <label key={name} className="tile">
              <input type="radio" name="model" checked={folder.value === name} onChange={() => folder.set(name)} />
              <strong>{name}</strong>
              <span className="example">{MODELS[name].description}</span>
            </label>
          ))}
        </div>
      </FieldFrame>
      <FieldFrame field={method} label="Method">
        <p className="method say">Train it by <WordSelect label="Method" value={method.value} options={METHOD_OPTIONS} onChange={method.set} />.</p>
        <p className="small muted">{reason} <span className="source">{source}</span></p>
      </FieldFrame>
      <MethodFields />
      <Problems card="model" />
      <PlanFacts />
    </Card>
  );
}
