import { useState } from 'react';
import { digits } from '../../protocol/format';

interface Props {
  id?: string;
  label: string;
  value: number;
  onChange(value: number): void;
  whole?: boolean;
  className?: string;
}

/** A number that can be typed. What is being typed stays as typed until Enter or leaving; nonsense is not taken over. */
export function NumberBox({ id, label, value, onChange, whole = false, className = 'number-box' }: Props) {
  const [text, setText] = useState<string>();
  const parsed = text === undefined ? value : Number(text.replace(/\s/g, '').replace(',', '.').replaceAll('−', '-'));
  const valid = text === undefined || (text.trim() !== '' && Number.isFinite(parsed) && (!whole || Number.isInteger(parsed)));
  const commit = () => {
    if (text !== undefined && valid && parsed !== value) onChange(parsed);
    setText(undefined);
  };
  return (
    <input
      id={id} className={className} type="text" inputMode="decimal" autoComplete="off" aria-label={label} aria-invalid={!valid}
      value={text ?? (whole ? String(value) : digits(value, 4))}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(undefined);
      }}
    />
  );
}
