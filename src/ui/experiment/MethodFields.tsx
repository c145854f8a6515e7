import { hasLayers, isLora, isVirtual, type Target } from '../../config/peft';
import { WEIGHT_FORMATS, WEIGHT_HINTS, WEIGHT_TITLES, type WeightFormat } from '../../config/weightFormats';
import { usePage } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { FieldFrame } from '../kit/FieldFrame';
import { Segmented } from '../kit/Segmented';
import { StopsField } from '../kit/Slider';
import { useField } from '../kit/useField';
import { layerOptions } from './words';

const TARGET_TITLES: Record<Target, string> = {
  q: 'queries', k: 'keys', v: 'values', o: 'attention output', gate: 'FFN, gate', up: 'FFN, first projection', down: 'FFN, second projection', qkv: 'queries, keys and values, fused',
};

/** The settings that the chosen method has, and no others. */
export function MethodFields() {
  const peft = usePage((state) => state.draft.model.peft);
  return (
    <>
      {isLora(peft) && <StopsField field="model.rank" label="Rank r" stops={[1, 2, 4, 8, 16, 32, 64]} hint="Width of the low-rank matrices. A higher rank can learn, and memorise, more." />}
      {isLora(peft) && <StopsField field="model.alpha" label="Scale α" stops={[1, 2, 4, 8, 16, 32, 64]} hint={`The low-rank branch is multiplied by ${peft === 'rslora' ? 'α/√r' : 'α/r'}. Raise it to let LoRA speak louder.`} />}
      {peft === 'loraplus' && <StopsField field="model.ratio" label="B learns faster" unit="times" stops={[1, 2, 4, 8, 16, 32, 64]} hint="B’s learning rate over A’s. 1 is ordinary LoRA." />}
      {isVirtual(peft) && <StopsField field="model.virtualTokens" label="Virtual tokens" stops={[1, 2, 4, 8, 16, 32, 64]} hint="Trained vectors in front of every text. More of them can hold more." />}
      {peft === 'adapter' && <StopsField field="model.bottleneck" label="Bottleneck" unit="wide" stops={[1, 2, 4, 8, 16, 32, 64]} hint="Width of the adapter’s middle. A wider one can learn, and memorise, more." />}
      {isLora(peft) && <Targets />}
      {hasLayers(peft) && <AdaptedLayers />}
      <HeldWeights />
    </>
  );
}

/** Where every weight is trained there is nothing to choose, but a choice that was made before is shown, so that it can be taken back. */
function HeldWeights() {
  const weights = useField<WeightFormat>('model.weights');
  const full = usePage((state) => state.draft.model.peft === 'full');
  if (full && weights.value === 'f32') return null;
  return (
    <details className="more" open={weights.value !== 'f32' || undefined}>
      <summary>Memory of the weights</summary>
      <FieldFrame field={weights} label="Frozen weights" hint={`${WEIGHT_HINTS[weights.value]} What is trained stays float32.`}>
        <Segmented label="Frozen weights" value={weights.value} options={WEIGHT_FORMATS.map((value) => ({ value, label: WEIGHT_TITLES[value] }))} onChange={weights.set} />
      </FieldFrame>
    </details>
  );
}

function Targets() {
  const targets = useField<Target[]>('model.targets');
  const offered = usePage((state) => shapeOf(state).targets);
  const toggle = (target: Target) => targets.set(offered.filter((name) => (name === target ? !targets.value.includes(name) : targets.value.includes(name))));
  return (
    <FieldFrame field={targets} label="Where LoRA sits" hint="Frozen layers that get a low-rank pair beside them.">
      <div className="chips" role="group" aria-label="LoRA targets">
        {offered.map((target) => (
          <label key={target} className="chip" title={TARGET_TITLES[target]}>
            <input type="checkbox" checked={targets.value.includes(target)} onChange={() => toggle(target)} aria-label={TARGET_TITLES[target]} />
            {target}
          </label>
        ))}
      </div>
    </FieldFrame>
  );
}

function AdaptedLayers() {
  const from = useField<number>('model.fromLayer');
  const layers = usePage((state) => shapeOf(state).layers);
  if (layers < 2) return null;
  return (
    <details className="more" open={from.value > 0 || undefined}>
      <summary>Which layers</summary>
      <FieldFrame field={from} label="Adapted" hint="Layers below stay as they are, and cost nothing backwards. Adapt fewer to learn less by heart.">
        <Segmented label="Adapted layers" value={from.value} options={layerOptions(layers)} onChange={from.set} />
      </FieldFrame>
    </details>
  );
}
