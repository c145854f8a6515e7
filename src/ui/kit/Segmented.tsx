import { useId } from 'react';

interface Props<T extends string | number> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; title?: string }[];
  onChange(value: T): void;
}

/** One of a few: radio buttons that look like one control. */
export function Segmented<T extends string | number>({ label, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    <span className="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} title={option.title}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
        </label>
      ))}
    </span>
  );
}

interface WordProps<T extends string | number> {
  label: string;
  value: T;
  /** Options of one group stand together. */
  options: readonly { value: T; label: string; disabled?: boolean; group?: string }[];
  onChange(value: T): void;
}

/** A word of a sentence that can be exchanged: a native select, dressed as text. */
export function WordSelect<T extends string | number>({ label, value, options, onChange }: WordProps<T>) {
  const groups = [...new Set(options.map(({ group }) => group))];
  const list = (group: string | undefined) => options.filter((option) => option.group === group).map((option) => <option key={option.value} value={option.value} disabled={option.disabled}>{option.label}</option>);
  return (
    <span className="word">
      <select aria-label={label} value={value} onChange={(event) => onChange(options[event.target.selectedIndex].value)}>
        {groups.map((group) => (group === undefined ? list(group) : <optgroup key={group} label={group}>{list(group)}</optgroup>))}
      </select>
    </span>
  );
}
