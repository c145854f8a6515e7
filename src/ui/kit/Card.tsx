import type { ReactNode } from 'react';
import { useFold } from './useFold';

interface Props {
  /** Under this name it is remembered whether the card is unfolded. */
  name: string;
  title: string;
  /** One line that says what is set. */
  summary: string;
  children: ReactNode;
}

/** A part of the experiment as one line that unfolds; a native disclosure. */
export function Card({ name, title, summary, children }: Props) {
  const [open, setOpen] = useFold(name);
  return (
    <details className="card" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{title}</h3>
        <span className="summary-line">{summary}</span>
      </summary>
      <div className="card-body">{children}</div>
    </details>
  );
}
