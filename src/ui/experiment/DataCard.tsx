import { TASK_NAMES, TASK_PROBLEMS, type TaskName } from '../../config/config';
import { WRITER } from '../../config/models';
import { digits, grouped, percent } from '../../protocol/format';
import type { Preview } from '../../store/state';
import { openSheet } from '../address';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { FieldFrame } from '../kit/FieldFrame';
import { LinearField, StopsField } from '../kit/Slider';
import { useField } from '../kit/useField';
import { Problems } from './Problems';
import { WRONG_HINTS, wrongSentence } from './words';

const TITLES: Record<TaskName, string> = { sentiment: 'Sentiment', similarity: 'Similarity', description: 'Description' };
const LENGTH_STOPS = [0, 16, 32, 64, 128, 256, 512, 1024];
const SCORED_STOPS = [0, 32, 64, 128, 256, 512, 1024, 2048];
const ROW_STOPS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

export function DataCard() {
  const task = useField<TaskName>('data.task');
  const rows = usePage((state) => state.draft.data.rows);
  const noise = usePage((state) => state.draft.data.noise);
  const previews = usePage((state) => state.previews);
  const shown = previews[task.value];
  return (
    <Card name="data" title="Data" summary={`${TITLES[task.value]} · ${grouped(rows)} rows${noise > 0 ? ` · ${percent(noise)} wrong` : ''}`}>
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
      {shown && <p className="small muted">{shown.description} Mirrors {shown.mirrors}. Held-out: {grouped(shown.counts.validation)} rows, test: {grouped(shown.counts.test)}, from other sentences, {TASK_PROBLEMS[task.value] === 'language_model' ? 'facts' : 'labels'} clean.</p>}
      <button type="button" className="button link" aria-haspopup="dialog" data-opens="table" onClick={() => openSheet('table')}>Look at a table of your own</button>
      <StopsField field="data.rows" label="Training rows" stops={ROW_STOPS} hint="How many examples the model may train on. Fewer rows are learned by heart sooner." />
      <LinearField field="data.noise" label={TASK_PROBLEMS[task.value] === 'language_model' ? 'Wrong facts' : 'Wrong labels'} min={0} max={0.4} step={0.05} hint={WRONG_HINTS[TASK_PROBLEMS[task.value]]} />
      <p className="small muted">{wrongSentence(task.value, percent(noise), grouped(rows), grouped(Math.round(noise * rows)))}</p>
      <details className="more">
        <summary>Length and held-out rows</summary>
        <StopsField field="data.maxLength" label="Greatest length" unit="tokens" stops={LENGTH_STOPS} hint="Longer rows lose their end; 0 is as many tokens as the model takes. Shorter rows train faster." />
        <StopsField field="evaluation.rows" label="Held-out rows scored" unit="rows" stops={SCORED_STOPS} hint="How many are scored at every evaluation; 0 is all, or 128 texts. Fewer make training faster and the curve less calm." />
      </details>
      <Problems card="data" />
    </Card>
  );
}

function labelOf(preview: Preview, label: number): string {
  return preview.labels[label] ?? digits(label, 2);
}

/** Two real rows of the task, or one of text, which is longer; nothing is shown before they are there. */
function Tile({ name, preview }: { name: TaskName; preview: Preview | undefined }) {
  const writes = TASK_PROBLEMS[name] === 'language_model';
  const decoder = usePage((state) => shapeOf(state).decoder);
  // One row of each label tells more than two of the same.
  const first = preview?.heldOut[0];
  const second = preview?.heldOut.find((row) => row.label !== first?.label);
  return (
    <>
      <strong>{preview?.title ?? TITLES[name]}</strong>
      {writes && !decoder && <em className="tile-needs">Needs a model that writes: choosing it takes {WRITER}.</em>}
      {[first, second].map((row) => row && preview && (
        <span className="example" key={row.text}>
          <span className="example-text">{row.text}{row.pair && <><br />{row.pair}</>}{row.completion && <> <b>{row.completion.trim()}</b></>}</span>
          {!writes && <em>{labelOf(preview, row.label)}</em>}
        </span>
      ))}
    </>
  );
}
