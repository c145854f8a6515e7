import { useState } from 'react';
import { Segmented } from '../../kit/Segmented';
import { GridPane } from './GridPane';
import { QueuePanel } from './QueuePanel';
import { StudyPane } from './StudyPane';

type Pane = 'grid' | 'studies';
const PANES: readonly { value: Pane; label: string }[] = [{ value: 'grid', label: 'Grid' }, { value: 'studies', label: 'Studies' }];

/** What holds beyond one run: the grid of what is on the cards, and studies; both through one queue. */
export default function CompareView() {
  const [pane, setPane] = useState<Pane>('grid');
  return (
    <div className="column compare">
      <div className="compare-panes"><Segmented label="What is compared" value={pane} options={PANES} onChange={(chosen) => setPane(chosen)} /></div>
      {pane === 'grid' ? <GridPane /> : <StudyPane />}
      <QueuePanel />
    </div>
  );
}
