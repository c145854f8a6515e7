import type { CSSProperties } from 'react';
import { sameValue } from '../../config/diff';
import { applyPreset, PRESET_NAMES, PRESETS } from '../../config/presets';
import { POSITIONS } from '../../config/dropout';
import { isLive } from '../../store/playground';
import { usePage, usePlayground } from '../kit/context';

/** Seven places to start from. Choosing one changes the dropout sentence and nothing else. */
export function PresetPicker() {
  const { edits } = usePlayground();
  const preset = usePage((state) => state.preset);
  const edited = usePage((state) => {
    const plain = applyPreset(state.preset, state.draft);
    return !sameValue(plain.dropout, state.draft.dropout) || !sameValue(plain.consistency, state.draft.consistency);
  });
  const live = usePage((state) => isLive(state.phase));
  const { title, reason, source } = PRESETS[preset];
  return (
    <section className="presets" aria-label="Presets">
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
      <p className="small muted">
        {edited ? <>Edited from {title}. </> : <>{reason} </>}
        {live && 'A choice takes effect in the running run. '}
        <span className="source">{source}</span>
      </p>
    </section>
  );
}
