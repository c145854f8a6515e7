import { TASK_NAMES, type TaskName } from '../../config/config';
import { digits, grouped, percent } from '../../store/format';
import type { Preview } from '../../store/state';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { FieldFrame } from '../kit/FieldFrame';
import { LinearField, StopsField } from '../kit/Slider';
import { useField } from '../kit/useField';

const TITLES: Record<TaskName, string> = { sentiment: 'Sentiment', similarity: 'Similarity', description: 'Description' };
const ROW_STOPS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

export function DataCard() {
  const task = useField<TaskName>('data.task');
  const rows = usePage((state) => state.draft.data.rows);
  const noise = usePage((state) => state.draft.data.noise);
  const previews = usePage((state) => state.previews);
  const shown = previews[task.value];
  return (
    <Card title="Data" summary={`${TITLES[task.value]} · ${grouped(rows)} rows`}>
      <FieldFrame field={task} label="Task">
        <div className="tiles" role="radiogroup" aria-label="Task">
          {TASK_NAMES.map((name) => (
            <label key={name} className="tile">
              <input type="radio" name="task" checked={task.value === name} onChange={() => task.set(name)} />
              <Tile name={name} preview={previews[name]} />
            </label>
          ))}
        </div>
      </FieldFrame>
      {shown && <p className="small muted">{shown.description} Mirrors {shown.mirrors}. Held-out: {grouped(shown.counts.validation)} rows, test: {grouped(shown.counts.test)}, from other sentences, labels clean.</p>}
      <StopsField field="data.rows" label="Training rows" whole stops={ROW_STOPS} hint="How many examples the model may train on. Fewer rows are learned by heart sooner." />
      <LinearField field="data.noise" label="Wrong labels" min={0} max={0.4} step={0.05} hint="Share of training labels replaced by wrong ones. They can only be memorised, so memorising shows." />
      <p className="small muted">{percent(noise)} of {grouped(rows)} labels: {grouped(Math.round(noise * rows))} are wrong on purpose.</p>
    </Card>
  );
}

function labelOf(preview: Preview, label: number): string {
  return preview.labels[label] ?? digits(label, 2);
}

/** Two real rows of the task; nothing is shown before they are there. */
function Tile({ name, preview }: { name: TaskName; preview: Preview | undefined }) {
  // One row of each label tells more than two of the same.
  const first = preview?.heldOut[0];
  const second = preview?.heldOut.find((row) => row.label !== first?.label);
  return (
    <>
      <strong>{preview?.title ?? TITLES[name]}</strong>
      {[first, second].map((row) => row && preview && (
        <span className="example" key={row.text}>
          <span className="example-text">{row.text}{row.pair && <><br />{row.pair}</>}</span>
          <em>{labelOf(preview, row.label)}</em>
        </span>
      ))}
    </>
  );
}
