import { type KeyboardEvent, useId, useState } from 'react';
import { isInRange, rangeOf, rangeWords } from '../../config/ranges';
import { digits } from '../../protocol/format';
import { readNumber } from '../../protocol/typedNumber';
import { stepped } from './stepped';

interface Props {
  id?: string;
  label: string;
  /** Path of the field in a configuration, which says what numbers it takes. */
  field: string;
  value: number;
  onChange(value: number): void;
  className?: string;
}

interface Typed {
  text: string;
  /** The value it was typed over: where that changes, what was typed is of the past. */
  over: number;
  /** Whether somebody meant it: Enter was pressed, or the box was left. */
  meant: boolean;
}

/**
 * A number that can be typed. What is being typed stays as typed until Enter or leaving, and longer where it is wrong: then a sentence beside
 * the box says why, and the value stays what it was. The arrow keys go up and down, Escape brings the value back.
 */
export function NumberBox({ id, label, field, value, onChange, className = 'number-box' }: Props) {
  const [typed, setTyped] = useState<Typed>();
  const sentenceId = useId();
  const range = rangeOf(field) ?? { low: -Infinity };
  const shown = range.whole ? String(value) : digits(value, 4);
  const current = typed?.over === value ? typed : undefined;

  const read = current && readNumber(current.text, range.whole === true);
  const outside = read?.ok && !isInRange(range, read.value);
  const trouble = read === undefined ? undefined : !read.ok ? read.sentence : outside ? `“${current!.text.trim()}” is out of range` : undefined;
  const wrong = current?.meant === true && trouble !== undefined;

  const commit = () => {
    if (current === undefined) return;
    if (trouble !== undefined) return setTyped({ ...current, meant: true });
    setTyped(undefined);
    if (read?.ok && read.value !== value) onChange(read.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit();
    else if (event.key === 'Escape') setTyped(undefined);
    else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && trouble === undefined) {
      event.preventDefault();
      setTyped(undefined);
      onChange(stepped(read?.ok ? read.value : value, event.key === 'ArrowUp' ? 1 : -1, range));
    }
  };
  return (
    <span className="number-entry">
      <input
        id={id} className={className} type="text" inputMode="decimal" autoComplete="off" aria-label={label} aria-invalid={wrong} aria-describedby={wrong ? sentenceId : undefined}
        value={current?.text ?? shown}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped({ text: event.target.value, over: value, meant: wrong })}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
      {wrong && <span className="number-trouble" id={sentenceId} role="alert">{trouble}{read?.ok === false && read.ambiguous ? '' : `; choose ${rangeWords(range)}`}. Until then it stays {shown}.</span>}
    </span>
  );
}
