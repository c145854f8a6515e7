import { lazy, Suspense, useEffect } from 'react';
import { useAddress } from './address';
import { Experiment } from './experiment/Experiment';
import { usePage } from './kit/context';
import { loadAhead } from './kit/Part';
import { SheetHost } from './sheets/SheetHost';
import { SHEETS } from './sheets/registry';
import { Announcer } from './states/Announcer';
import { FaultBanner } from './states/FaultBanner';
import { TransportBar } from './transport/TransportBar';
import { useFileDrop } from './useFileDrop';
import { useKeyboard } from './useKeyboard';
import { useQueueDuties } from './useQueueDuties';
import { useSavedFile } from './useSavedFile';
import { useTabState } from './useTabState';
import { useUnknownAddress } from './useUnknownAddress';
import { VIEWS } from './views/registry';
import { Views } from './views/Views';

// Only who asks for it needs it.
const Tour = lazy(() => import('./tour/Tour'));

export function App() {
  useKeyboard();
  useTabState();
  useQueueDuties();
  useUnknownAddress();
  useLoadAhead();
  const dropping = useFileDrop();
  useSavedFile();
  const touring = useAddress('tour') !== undefined;
  return (
    <div className={dropping ? 'dropping-file' : undefined}>
      <TransportBar />
      <main className="page">
        <FaultBanner />
        <Experiment />
        <Views />
      </main>
      <Announcer />
      <SheetHost />
      {touring && <Suspense fallback={null}><Tour /></Suspense>}
    </div>
  );
}

/** What nobody has opened yet comes when the engine has what it needs, so that it is there without a network too. */
function useLoadAhead(): void {
  const waiting = usePage((state) => state.engine === 'starting' || (state.engine === 'ready' && !state.plan && !state.problem));
  useEffect(() => {
    if (!waiting) loadAhead([...Object.values(VIEWS), ...Object.values(SHEETS)]);
  }, [waiting]);
}
