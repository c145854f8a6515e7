import type { CSSProperties } from 'react';
import { sameValue } from '../../config/diff';
import { POSITIONS } from '../../config/dropout';
import { applyMethod, METHODS } from '../../config/methods';
import { PEFT_KINDS, PEFT_TITLES } from '../../config/peft';
import { applyPreset, PRESET_NAMES, PRESETS } from '../../config/presets';
import { REGULARISERS, regulariserOf } from '../../config/regularisers';
import { draftFacts } from '../../store/state';
import { usePage, usePlayground } from '../kit/context';
import { PresetReason } from './PresetReason';
import { RegulariserChips } from './RegulariserChips';

/** What is dropped, and how two passes are compared. */
export function DropoutPresets() {
  const { edits } = usePlayground();
  const preset = usePage((state) => state.preset);
  const edited = usePage((state) => {
    const plain = applyPreset(state.preset, state.draft, draftFacts(state));
    return !sameValue(plain.dropout, state.draft.dropout) || !sameValue(plain.consistency, state.draft.consistency);
  });
  const { title, reason, source } = PRESETS[preset];
  return (
    <>
      <div className="chips">
        {PRESET_NAMES.map((name) => (
          <button key={name} type="button" className="chip" aria-pressed={name === preset && !edited} title={PRESETS[name].reason} onClick={() => edits.applyPreset(name)}>
            <span className="preset-marks" aria-hidden="true">
              {POSITIONS.filter((position) => PRESETS[name].layer.dropout[position]).map((position) => <i key={position} style={{ '--tint': `var(--at-${position})` } as CSSProperties} />)}
              {PRESETS[name].layer.consistency && <i className="second-pass" />}
            </span>
            {PRESETS[name].title}
          </button>
        ))}
      </div>
      <PresetReason source={edited ? '' : source} takesEffect>{edited ? `Edited from ${title}.` : reason}</PresetReason>
    </>
  );
}

/** What is trained, with a learning rate that suits it. */
export function MethodPresets() {
  const { edits } = usePlayground();
  const peft = usePage((state) => state.draft.model.peft);
  const edited = usePage(({ draft }) => !sameValue(applyMethod(draft.model.peft, draft), draft));
  return (
    <>
      <div className="chips">
        {PEFT_KINDS.map((name) => <button key={name} type="button" className="chip" aria-pressed={name === peft && !edited} title={METHODS[name].reason} onClick={() => edits.set('model.peft', name)}>{PEFT_TITLES[name]}</button>)}
      </div>
      <PresetReason source={edited ? '' : METHODS[peft].source} takesEffect={false}>{edited ? `Edited from ${PEFT_TITLES[peft]}.` : METHODS[peft].reason}</PresetReason>
    </>
  );
}

export function RegulariserPresets() {
  const chosen = usePage((state) => regulariserOf(state.draft));
  const regulariser = chosen && REGULARISERS[chosen];
  return (
    <>
      <RegulariserChips />
      <PresetReason source={regulariser?.source ?? ''} takesEffect>{regulariser?.reason ?? 'Set by hand.'}</PresetReason>
    </>
  );
}
