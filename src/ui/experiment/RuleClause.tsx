import { type CSSProperties, useId } from 'react';
import { type Compensation, defaultCompensation, type DropoutRules, type Position } from '../../config/dropout';
import { impliedRescale } from '../../config/literature';
import { digits } from '../../protocol/format';
import { Icon } from '../kit/Icon';
import { NumberBox } from '../kit/NumberBox';
import { WordSelect } from '../kit/Segmented';
import { Slider } from '../kit/Slider';
import { useField } from '../kit/useField';
import { MaskGlyph } from './MaskGlyph';
import { COMPENSATION_OPTIONS, movedRule, PATTERN_OPTIONS, POSITION_OPTIONS, POSITION_REASONS } from './words';
import { WhereAndWhen } from './WhereAndWhen';

interface Props {
  position: Position;
  opening: string;
  last: boolean;
  rules: DropoutRules;
  onRules(rules: DropoutRules): void;
}

/** One place of the sentence: "drop [whole keys] of [the attention logits] with chance [0.10]". */
export function RuleClause({ position, opening, last, rules, onRules }: Props) {
  const rule = rules[position]!;
  const id = useId();
  const field = useField<unknown>(`dropout.${position}`);
  const set = (part: Partial<typeof rule>) => field.set({ ...rule, ...part });
  const moveTo = (to: Position) => {
    const { [position]: moved, ...others } = rules;
    onRules({ ...others, [to]: movedRule(moved!, to) });
  };
  const setCompensation = (compensation: Compensation) => {
    const { compensation: _, ...rest } = rule;
    field.set(compensation === defaultCompensation(position, rule.pattern) ? rest : { ...rest, compensation });
  };
  const setFromLayer = (fromLayer: number) => {
    const { fromLayer: _, ...rest } = rule;
    field.set(fromLayer === 0 ? rest : { ...rest, fromLayer });
  };
  const remove = () => {
    const { [position]: _, ...others } = rules;
    onRules(others);
  };
  // The place that is taken by another clause cannot be chosen twice.
  const places = POSITION_OPTIONS.map((option) => ({ ...option, disabled: option.value !== position && rules[option.value] !== undefined }));

  return (
    <div className="clause" style={{ '--tint': `var(--at-${position})` } as CSSProperties}>
      <p>
        {opening} <WordSelect label="What is dropped" value={rule.pattern} options={PATTERN_OPTIONS(position)} onChange={(pattern) => set({ pattern })} />{' '}
        of <span title={POSITION_REASONS[position]}><WordSelect label="Where" value={position} options={places} onChange={moveTo} /></span>{' '}
        with chance <NumberBox id={id} field={`dropout.${position}.p`} label={`Chance at ${position}`} className="number-box inline" value={rule.p} onChange={(p) => set({ p })} />{last ? '.' : ','}
        {field.changed && <button type="button" className="changed-dot" aria-label="This place: back to the preset" title="Differs from the preset; click to restore" onClick={field.restore} />}
      </p>
      <div className="clause-lower">
        <MaskGlyph position={position} rule={rule} size={48} />
        <Slider label={`Chance at ${position}, slider`} value={rule.p} min={0} max={0.6} step={0.01} valueText={digits(rule.p)} onChange={(p) => set({ p })} />
        <button type="button" className="button plain icon remove" aria-label={`Remove dropout at ${position}`} title="Remove this place" onClick={remove}><Icon name="close" size={12} /></button>
        <div className="clause-details">
          {position === 'logits'
            ? <span title={impliedRescale(position, rule)}>softmax re-normalises</span>
            : <WordSelect label="Compensation" value={rule.compensation ?? defaultCompensation(position, rule.pattern)} options={COMPENSATION_OPTIONS(position, rule)} onChange={setCompensation} />}
          <WhereAndWhen rule={rule} position={position} onChange={set} onFromLayer={setFromLayer} />
        </div>
      </div>
      <span className="hint small muted">{POSITION_REASONS[position]}</span>
      {field.note && <p className="field-note">{field.note}</p>}
      {field.refusal && <p className="field-refusal" role="alert">{field.refusal}</p>}
    </div>
  );
}
