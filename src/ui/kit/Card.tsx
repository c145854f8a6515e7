import { type ReactNode, useState } from 'react';

interface Props {
  title: string;
  /** One line that says what is set while the card is folded. */
  summary?: string;
  /** Folded at first on a phone unless it is the one that matters. */
  openOnPhone?: boolean;
  children: ReactNode;
}

/** A foldable part of a column; a native disclosure. */
export function Card({ title, summary, openOnPhone = false, children }: Props) {
  const [open, setOpen] = useState(() => openOnPhone || !matchMedia('(max-width: 60rem)').matches);
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
