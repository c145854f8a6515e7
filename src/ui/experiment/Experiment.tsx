import { useMedia, usePage } from '../kit/context';
import { useFold } from '../kit/useFold';
import { DataCard } from './DataCard';
import { DropoutCard } from './DropoutCard';
import { ModelCard } from './ModelCard';
import { OptimizerCard } from './OptimizerCard';
import { PresetPicker } from './PresetPicker';
import { RestartStrip } from './RestartStrip';
import { sentenceInShort } from './words';

/** The left column, the same in every view: presets, the sentence, and what else makes a run, one line each. */
export function Experiment() {
  return (
    <div className="column experiment">
      <h2 className="visually-hidden">Experiment</h2>
      <SentenceFold />
      <div className="cards">
        <DataCard />
        <ModelCard />
        <OptimizerCard />
      </div>
      <RestartStrip />
    </div>
  );
}

/** Presets and sentence. Where there is one column they are one line, so that the curves stay in sight; a tap unfolds them. */
function SentenceFold() {
  const narrow = useMedia('(max-width: 60rem)');
  const [open, setOpen] = useFold('sentence');
  const short = usePage((state) => sentenceInShort(state.draft));
  return (
    <details className="sentence-fold" open={!narrow || open} onToggle={(event) => narrow && setOpen(event.currentTarget.open)}>
      <summary className="card" hidden={!narrow} title="The dropout sentence and its presets"><span className="summary-line say">{short}</span></summary>
      <div className="column">
        <PresetPicker />
        <DropoutCard />
      </div>
    </details>
  );
}
