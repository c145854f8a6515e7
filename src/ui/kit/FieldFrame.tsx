import type { ReactNode } from 'react';
import type { Field } from './useField';

interface Props {
  field: Field<never> | Field<unknown>;
  label: string;
  /** At most twenty words; ends with why one would change it. */
  hint?: string;
  /** Id of the control that the label names; left out for groups. */
  controlId?: string;
  aside?: ReactNode;
  children?: ReactNode;
}

/** Label, dot for "differs from the preset", and what the engine has to say about the field. */
export function FieldFrame({ field, label, hint, controlId, aside, children }: Props) {
  return (
    <div className={`field${field.lowerMe ? ' lower-me' : ''}`} title={hint}>
      <div className="field-head">
        <span className="field-label">
          {controlId ? <label htmlFor={controlId}>{label}</label> : <span>{label}</span>}
          {field.changed && <button type="button" className="changed-dot" aria-label={`${label}: back to the preset`} title="Differs from the preset; click to restore" onClick={field.restore} />}
          {field.waits && <span className="field-waits">after restart</span>}
        </span>
        {aside}
      </div>
      {children}
      {hint && <p className="hint small muted">{hint}</p>}
      {field.note && <p className="field-note">{field.note}</p>}
      {field.refusal && <p className="field-refusal" role="alert">{field.refusal}</p>}
    </div>
  );
}
