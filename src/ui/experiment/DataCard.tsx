import { kindOf } from '../../config/config';
import { isTask, metricsOf, TASK_FACTS, TASK_NAMES } from '../../config/tasks';
import { writerFor } from '../../config/models';
import { dataName } from '../../config/sources';
import type { TableMapping } from '../../config/tables';
import { digits, grouped, percent } from '../../protocol/format';
import { LOOKS } from '../../store/metrics';
import type { Preview } from '../../store/state';
import { openSheet } from '../address';
import { Card } from '../kit/Card';
import { usePage } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { FieldFrame } from '../kit/FieldFrame';
import { LinearField, StopsField } from '../kit/Slider';
import { useField } from '../kit/useField';
import { DraftCost, TaskCost, useCosts } from './Cost';
import { KnownScore } from './KnownScore';
import { Problems } from './Problems';
import { KIND_WORDS, WRONG_HINTS, wrongSentence } from './words';

const LENGTH_STOPS = [0, 16, 32, 64, 128, 256, 512, 1024];
const SCORED_STOPS = [0, 32, 64, 128, 256, 512, 1024, 2048];
const ROW_STOPS = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const TABLE_STOPS = [...ROW_STOPS, 8192, 16384, 32768, 65536];

export function DataCard() {
  const source = useField<string>('data.source');
  const { rows, noise, table } = usePage((state) => state.draft.data);
  const previews = usePage((state) => state.previews);
  const shown = previews[source.value];
  useCosts('data', 'tasks');
  const title = isTask(source.value) ? TASK_FACTS[source.value].title : dataName(source.value);
  const kind = kindOf({ source: source.value, table });
  const measures = metricsOf({ source: source.value, table }).map((name) => LOOKS[name].metric).join(' and ');
  return (
    <Card name="data" title="Data" summary={`${title} · ${grouped(rows)} rows${noise > 0 ? ` · ${percent(noise)} wrong` : ''}`}>
      <FieldFrame field={source} label="Task">
        <div className="tiles" role="radiogroup" aria-label="Task">
          {TASK_NAMES.map((name) => (
            <label key={name} className="tile">
              <input type="radio" name="task" checked={source.value === name} onChange={() => source.set(name)} />
              <Tile title={TASK_FACTS[name].title} writer={TASK_FACTS[name].kind === 'language_model' ? writerFor(name) : undefined} preview={previews[name]} />
              <TaskCost name={name} />
            </label>
          ))}
          {table && (
            <label className="tile">
              <input type="radio" name="task" checked readOnly />
              <Tile title={title} writer={kind === 'language_model' ? writerFor(source.value) : undefined} preview={shown} />
              <DraftCost />
            </label>
          )}
        </div>
      </FieldFrame>
      {shown && !table && <p className="small muted">{shown.description} Mirrors {shown.mirrors}; measured by {measures}. Held-out: {grouped(shown.counts.validation)} rows, test: {grouped(shown.counts.test)}, from other sentences, {kind === 'language_model' ? 'facts' : 'labels'} clean.</p>}
      <KnownScore />
      {table && <TableFacts table={table} preview={shown} />}
      <button type="button" className="button link" aria-haspopup="dialog" data-opens="table" onClick={() => openSheet('table')}>{table ? 'Look at the table, or at another' : 'Look at a table of your own'}</button>
      <StopsField field="data.rows" label="Training rows" stops={table ? stopsUpTo(shown?.counts.training ?? rows, rows) : ROW_STOPS} hint="How many examples the model may train on. Fewer rows are learned by heart sooner." />
      {!table && <LinearField field="data.noise" label={kind === 'language_model' ? 'Wrong facts' : 'Wrong labels'} min={0} max={0.4} step={0.05} hint={WRONG_HINTS[kind]} />}
      {!table && <p className="small muted">{wrongSentence(kind, percent(noise), grouped(rows), grouped(Math.round(noise * rows)))}</p>}
      <details className="more">
        <summary>Length and held-out rows</summary>
        <StopsField field="data.maxLength" label="Greatest length" unit="tokens" stops={LENGTH_STOPS} hint="Longer rows lose their end; 0 is as many tokens as the model takes. Shorter rows train faster." />
        <Lengths />
        <StopsField field="evaluation.rows" label="Held-out rows scored" unit="rows" stops={SCORED_STOPS} hint="How many are scored at every evaluation; 0 is all, or 128 texts. Fewer make training faster and the curve less calm." />
      </details>
      <Problems card="data" />
    </Card>
  );
}

/** Fewer rows than a table has, and all of them. */
const stopsUpTo = (known: number, rows: number): number[] => {
  const most = Math.max(known, rows);
  return [...TABLE_STOPS.filter((stop) => stop < most), most];
};

/** What a table is, which of its parts chooses the best step, and which is only reported. */
function TableFacts({ table, preview }: { table: TableMapping; preview: Preview | undefined }) {
  const { kind, labels, files } = table;
  const from = (part: 'validation' | 'test') => files[part]?.join(', ') ?? `split off by the seed${kind === 'classification' ? ', balanced by label' : ''}`;
  return (
    <p className="small muted">
      {KIND_WORDS[kind]}{labels.length > 0 && `, ${labels.length} classes`}. {preview ? `Held-out: ${grouped(preview.counts.validation)} rows` : 'Held-out rows'} ({from('validation')}) choose the best step;
      {' '}{preview ? `test: ${grouped(preview.counts.test)} rows` : 'test rows'} ({from('test')}) are only reported.
    </p>
  );
}

/** How wide the batches of the run will be, once that is known. */
function Lengths() {
  const lengths = usePage((state) => state.plan?.lengths);
  if (!lengths) return null;
  const { widths, padding, cut } = lengths;
  const wide = widths.length === 1 ? `All batches are ${widths[0]} tokens wide` : `Batches are ${widths.slice(0, -1).join(', ')} or ${widths.at(-1)} tokens wide`;
  return <p className="small muted">{wide}, {digits(padding, 3)} times the tokens of the training rows. {cut === 0 ? 'None is cut.' : `${grouped(cut)} ${cut === 1 ? 'row is' : 'rows are'} cut.`}</p>;
}

function labelOf(preview: Preview, label: number): string {
  return preview.labels[label] ?? digits(label, 2);
}

/** Two real rows of the data, or one of text, which is longer; nothing is shown before they are there. @param writer the model that choosing it takes, of text that is written */
function Tile({ title, writer, preview }: { title: string; writer?: string; preview: Preview | undefined }) {
  const decoder = usePage((state) => shapeOf(state).decoder);
  // One row of each label tells more than two of the same.
  const first = preview?.heldOut[0];
  const second = preview?.heldOut.find((row) => row.label !== first?.label);
  return (
    <>
      <strong>{title}</strong>
      {writer && !decoder && <em className="tile-needs">Needs a model that writes: choosing it takes {writer}.</em>}
      {[first, second].map((row) => row && preview && (
        <span className="example" key={row.text}>
          <span className="example-text">{row.text}{row.pair && <><br />{row.pair}</>}{row.completion && <> <b>{row.completion.trim()}</b></>}</span>
          {!writer && <em>{labelOf(preview, row.label)}</em>}
        </span>
      ))}
    </>
  );
}
