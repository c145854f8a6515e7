import { Curves } from './views/curves/Curves';
import { CurvesHead } from './views/curves/CurvesHead';
import { DataCard } from './experiment/DataCard';
import { DropoutCard } from './experiment/DropoutCard';
import { ModelCard } from './experiment/ModelCard';
import { OptimizerCard } from './experiment/OptimizerCard';
import { PresetPicker } from './experiment/PresetPicker';
import { RestartStrip } from './experiment/RestartStrip';
import { InsideView } from './views/inside/InsideView';
import { FaultBanner } from './states/FaultBanner';
import { Lead } from './states/Lead';
import { CheckpointNote, LinkNote, Notice, Offer } from './states/Notes';
import { ObstacleNote } from './states/ObstacleNote';
import { TransportBar } from './transport/TransportBar';
import { useFileDrop } from './useFileDrop';
import { useKeyboard } from './useKeyboard';
import { useSavedFile } from './useSavedFile';
import { useTabState } from './useTabState';

export function App() {
  useKeyboard();
  useTabState();
  const dropping = useFileDrop();
  useSavedFile();
  return (
    <div className={dropping ? 'dropping-file' : undefined}>
      <TransportBar />
      <main className="page">
        <FaultBanner />
        <div className="column">
          <h2 className="column-title">Experiment</h2>
          <PresetPicker />
          <DropoutCard />
          <DataCard />
          <ModelCard />
          <OptimizerCard />
          <RestartStrip />
        </div>
        <div className="column curves-column">
          <CurvesHead />
          <Lead />
          <ObstacleNote />
          <LinkNote />
          <Notice />
          <CheckpointNote />
          <Offer />
          <Curves />
          <InsideView />
        </div>
      </main>
    </div>
  );
}
