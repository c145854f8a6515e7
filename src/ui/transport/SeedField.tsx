import { Icon } from '../kit/Icon';
import { NumberBox } from '../kit/NumberBox';
import { useField } from '../kit/useField';

/** The seed of everything random: data, LoRA start, order of rows, every mask. */
export function SeedField() {
  const seed = useField<number>('seed');
  return (
    <div className={`seed${seed.waits ? ' waits' : ''}`} role="group" aria-label="Seed" title="Seeds data, LoRA start, order of rows and every mask. Change it to see what is luck.">
      <span aria-hidden="true">seed</span>
      <NumberBox field="seed" label="Seed" value={seed.value} onChange={seed.set} />
      <button type="button" className="button plain icon" aria-label="Roll a new seed" title="Roll a new seed" onClick={() => seed.set(1 + Math.floor(Math.random() * 9999))}><Icon name="die" /></button>
      {seed.waits && <span className="visually-hidden">after restart</span>}
    </div>
  );
}
