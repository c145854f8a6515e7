import { useEffect, useRef } from 'react';
import { closeSheet, useAddress } from '../address';
import { Icon } from '../kit/Icon';
import { LoadedPart } from '../kit/Part';
import { sheetOf } from './registry';

/** The sheet that the address names, over the page; the run behind it goes on. Escape, a click beside it and going back close it. */
export function SheetHost() {
  const name = useAddress('open');
  const sheet = sheetOf(name);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!sheet || !element) return undefined;
    element.showModal();
    return () => {
      element.close();
      // The browser gives the focus back to where it was. Where the page came up with the sheet open there is no such place, but there is one that opens it.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>(`[data-opens="${name}"]`)?.focus();
    };
  }, [sheet, name]);
  return (
    <dialog
      ref={dialog} className="sheet" aria-labelledby="sheet-title"
      onClose={() => dialog.current?.open || closeSheet()}
      onClick={(event) => event.target === dialog.current && closeSheet()}
    >
      {sheet && (
        <div className="sheet-frame">
          <header className="sheet-head">
            <h2 id="sheet-title">{sheet.title}</h2>
            <button type="button" className="button plain icon" aria-label="Close" title="Close (Escape)" onClick={closeSheet}><Icon name="close" /></button>
          </header>
          <div className="sheet-body"><LoadedPart key={name} part={sheet} skeleton={<p className="muted" role="status">Loading…</p>} /></div>
        </div>
      )}
    </dialog>
  );
}
