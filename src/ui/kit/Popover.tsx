import { type ReactNode, useEffect, useId, useRef, useState } from 'react';

interface Props {
  /** What the button shows. */
  button: ReactNode;
  label: string;
  className?: string;
  side?: 'from-left' | '';
  children: ReactNode | ((close: () => void) => ReactNode);
}

/** A small panel under its button; Escape and a click elsewhere close it. */
export function Popover({ button, label, className = 'button plain', side = '', children }: Props) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: PointerEvent) => anchor.current?.contains(event.target as Node) || setOpen(false);
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      anchor.current?.querySelector('button')?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('keydown', escape);
    };
  }, [open]);
  return (
    <span className="popover-anchor" ref={anchor}>
      <button type="button" className={className} aria-label={label} title={label} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>{button}</button>
      {open && <div className={`popover ${side}`} id={id} role="group" aria-label={label}>{typeof children === 'function' ? children(() => setOpen(false)) : children}</div>}
    </span>
  );
}
