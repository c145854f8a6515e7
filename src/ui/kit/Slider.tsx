import { type CSSProperties, useId } from 'react';
import { digits } from '../../protocol/format';
import { FieldFrame } from './FieldFrame';
import { NumberBox } from './NumberBox';
import { useField } from './useField';

interface BareProps {
  id?: string;
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  valueText?: string;
  onChange(value: number): void;
}

/** The bare track and thumb; `--share` colours the part left of the thumb. */
export function Slider({ id, label, value, min, max, step, valueText, onChange }: BareProps) {
  const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
  return (
    <input
      id={id} className="slider" type="range" aria-label={label} aria-valuetext={valueText} min={min} max={max} step={step} value={value}
      style={{ '--share': share } as CSSProperties} onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}

interface FieldProps {
  field: string;
  label: string;
  hint?: string;
  unit?: string;
}

/** A slider over evenly spaced values, with the number beside it to type. */
export function LinearField({ field, label, hint, unit, min, max, step }: FieldProps & { min: number; max: number; step: number }) {
  const state = useField<number>(field);
  const id = useId();
  return (
    <FieldFrame field={state} label={label} hint={hint} controlId={id} aside={<><NumberBox field={field} label={`${label}, value`} value={state.value} onChange={state.set} />{unit && <span className="unit">{unit}</span>}</>}>
      <Slider id={id} label={label} value={state.value} min={min} max={max} step={step} valueText={`${digits(state.value)} ${unit ?? ''}`} onChange={state.set} />
    </FieldFrame>
  );
}

/** 1, 3, 10, 30 … between two powers of ten. */
export function stops13(low: number, high: number): number[] {
  const stops: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of [1, 3]) {
      const value = Number(`${factor}e${power}`);
      if (value >= low && value <= high) stops.push(value);
    }
  }
  return stops;
}

/** A slider over given stops, for values that only make sense in ratios; any other value can be typed. */
export function StopsField({ field, label, hint, unit, stops }: FieldProps & { stops: readonly number[] }) {
  const state = useField<number>(field);
  const id = useId();
  const above = stops.findIndex((stop) => stop >= state.value);
  const index = above < 0 ? stops.length - 1 : above;
  // A value between two stops shows at the upper one, so a step up from it goes there and not past it.
  const between = above >= 0 && stops[above] !== state.value;
  const choose = (next: number) => state.set(stops[between && next === index + 1 ? index : next]);
  return (
    <FieldFrame field={state} label={label} hint={hint} controlId={id} aside={<><NumberBox field={field} label={`${label}, value`} value={state.value} onChange={state.set} />{unit && <span className="unit">{unit}</span>}</>}>
      <Slider id={id} label={label} value={index} min={0} max={stops.length - 1} step={1} valueText={`${digits(state.value)} ${unit ?? ''}`} onChange={choose} />
    </FieldFrame>
  );
}
