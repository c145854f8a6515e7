import { type ReactNode, useState } from 'react';
import { PlaygroundContext, usePage, useTable } from '../kit/context';
import { PlaceRow } from '../masks/PlaceRow';
import { EXAMPLE } from '../masks/example';
import { FaultBanner } from '../states/FaultBanner';
import { PageNotes } from '../states/PageNotes';
import { TinyHeldOut } from '../states/TinyHeldOut';
import { TableReport } from '../sheets/TableReport';
import { useTabTitle } from '../useTabState';
import { DeviceChip } from '../transport/DeviceChip';
import { GALLERY, type GalleryState, stage } from './states';

/** All states beside each other, as the page shows them, in place of the page. */
export function Gallery() {
  return (
    <main className="gallery">
      <h1>States of the page</h1>
      <p className="say">What can go wrong or be waited for, as it looks. Engines here are made to say what real ones say; the words, buttons and rules are the page’s own. Each is provoked for real in the tests of the page where that can be done.</p>
      {GALLERY.map((state) => <Example key={state.name} state={state} />)}
      <Example state={EVERY_KEY}>
        <h3 className="visually-hidden">In one head</h3>
        <PlaceRow place="logits" rule={{ p: 0.95, pattern: 'element' }} active view={EXAMPLE} step={3} layers={2} steps={100} accumulation={1} virtual={false} layer={0} head={0} dropping width={620} />
      </Example>
    </main>
  );
}

/** The mask itself says it, in the picture. */
const EVERY_KEY: GalleryState = { name: 'Every key dropped', how: 'counted from the mask' };

function Example({ state, children }: { state: GalleryState; children?: ReactNode }) {
  const [page] = useState(() => stage(state));
  return (
    <section className="gallery-state" aria-label={state.name}>
      <header><h2>{state.name}</h2><span className="small muted">{state.how}</span></header>
      <PlaygroundContext value={page}>
        <DeviceChip />
        <Compiling />
        {state.shows === 'title' && <TabTitle />}
        {state.shows === 'table' && <TableState />}
        <TinyHeldOut />
        <FaultBanner />
        <PageNotes />
        {children}
      </PlaygroundContext>
    </section>
  );
}

/** What stands in the frame of the first chart meanwhile. */
function Compiling() {
  const compiling = usePage((state) => state.compiling);
  if (!compiling) return null;
  return <p role="status">compiling {compiling.done} of {compiling.of} <progress aria-label="Compiling" max={compiling.of} value={compiling.done} /></p>;
}

/** A hidden tab shows nothing but its name. */
function TabTitle() {
  return <p role="status">The tab is called <strong>{useTabTitle()}</strong></p>;
}

/** What the sheet of a table says once it was read. */
function TableState() {
  const { looked, measured, fault } = useTable();
  if (fault !== undefined) return <p role="alert">{fault}</p>;
  return looked ? <div className="gallery-table"><TableReport report={looked.report} preview={looked.preview} measured={measured} /></div> : <p role="status">The table is being read.</p>;
}
