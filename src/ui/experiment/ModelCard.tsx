import { MODELS } from '../../config/models';
import type { Target } from '../../config/peft';
import { digits, grouped, percent } from '../../store/format';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { FieldFrame } from '../kit/FieldFrame';
import { StopsField } from '../kit/Slider';
import { useField } from '../kit/useField';

const TARGET_TITLES: Record<Target, string> = {
  q: 'queries', k: 'keys', v: 'values', o: 'attention output', gate: 'FFN, gate', up: 'FFN, first projection', down: 'FFN, second projection', qkv: 'queries, keys and values, fused',
};

export function ModelCard() {
  const targets = useField<Target[]>('model.targets');
  const rank = usePage((state) => state.draft.model.rank);
  const alpha = usePage((state) => state.draft.model.alpha);
  const plan = usePage((state) => state.plan);
  const offered = usePage((state) => MODELS[state.draft.model.folder].targets);
  const toggle = (target: Target) => targets.set(offered.filter((name) => (name === target ? !targets.value.includes(name) : targets.value.includes(name))));
  return (
    <Card title="Model and LoRA" summary={`r ${rank} · ${targets.value.join(' ')}`}>
      <StopsField field="model.rank" label="Rank r" whole stops={[1, 2, 4, 8, 16, 32, 64]} hint="Width of the low-rank matrices. A higher rank can learn, and memorise, more." />
      <StopsField field="model.alpha" label="Scale α" stops={[1, 2, 4, 8, 16, 32, 64]} hint="The low-rank branch is multiplied by α/r. Raise it to let LoRA speak louder." />
      <FieldFrame field={targets} label="Where LoRA sits" hint="Frozen layers that get a low-rank pair beside them.">
        <div className="chips" role="group" aria-label="LoRA targets">
          {offered.map((target) => (
            <label key={target} className="chip" title={TARGET_TITLES[target]}>
              <input type="checkbox" checked={targets.value.includes(target)} onChange={() => toggle(target)} aria-label={TARGET_TITLES[target]} />
              {target}
            </label>
          ))}
        </div>
        {targets.value.length === 0 && <p className="field-refusal" role="alert">Choose at least one layer.</p>}
      </FieldFrame>
      <p className="small muted">
        The branch is scaled by α/r = {digits(alpha / rank)}.
        {plan && <> Trains {grouped(plan.parameters.trainable)} of {grouped(plan.parameters.total)} weights ({percent(plan.parameters.trainable / plan.parameters.total)}), the head included; {plan.model.layers} layers × {plan.model.width} channels, {plan.model.heads} heads.</>}
      </p>
    </Card>
  );
}
