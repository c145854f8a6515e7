import { useState } from 'react';
import { Segmented } from '../kit/Segmented';
import { DropoutPresets, MethodPresets, RegulariserPresets } from './presetGroups';

const GROUPS = { dropout: DropoutPresets, method: MethodPresets, regulariser: RegulariserPresets } as const;
type Group = keyof typeof GROUPS;
const OPTIONS: readonly { value: Group; label: string }[] = [{ value: 'dropout', label: 'dropout' }, { value: 'method', label: 'method' }, { value: 'regulariser', label: 'regulariser' }];

/** Places to start from. A choice sets its own group and nothing else, so that they can be combined. */
export function PresetPicker() {
  const [group, setGroup] = useState<Group>('dropout');
  const Chosen = GROUPS[group];
  return (
    <section className="presets" aria-label="Presets">
      <div className="presets-head">
        <span className="muted small">Presets for</span>
        <Segmented label="Presets of" value={group} options={OPTIONS} onChange={(chosen) => setGroup(chosen)} />
      </div>
      <Chosen />
    </section>
  );
}
