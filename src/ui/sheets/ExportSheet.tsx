import { useState } from 'react';
import { isLora, isVirtual, PEFT_TITLES } from '../../config/peft';
import type { ExportForm } from '../../protocol/exportMessages';
import { bytes } from '../../protocol/format';
import { stepsOf, takeable } from '../../store/exports';
import type { RunInfo } from '../../store/state';
import { usePage, usePlayground } from '../kit/context';
import { Segmented } from '../kit/Segmented';
import { KeptTrained } from './KeptTrained';

/** Where a browser has one, Chromium's: a dialog that lets somebody choose a folder to write into. */
type FolderPicker = (options: { id: string; mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
const folderPicker = (): FolderPicker | undefined => (globalThis as { showDirectoryPicker?: FolderPicker }).showDirectoryPicker?.bind(globalThis);

/** What was trained, as files to take away: the adapter for peft, or a model without one. */
export default function ExportSheet() {
  const run = usePage(takeable);
  return (
    <>
      {run ? <Takeable run={run} /> : <p className="say">There is nothing to take yet. Train a run: while it goes on, when it is paused and after its end its weights can be taken from here.</p>}
      <KeptTrained current={run?.id} />
    </>
  );
}

function Takeable({ run }: { run: RunInfo }) {
  const playground = usePlayground();
  const step = usePage((state) => state.step);
  const { best, last } = stepsOf(playground, run, step);
  const [weights, setWeights] = useState<'best' | 'last'>('best');
  const chosen = best === undefined ? 'last' : weights;
  const { peft } = run.config.model;
  const written = run.scores?.prompts.length ?? 0;
  return (
    <>
      <section className="take-which" aria-label="Which weights">
        <p className="say"><strong>{run.name}</strong></p>
        <Segmented<'best' | 'last'>
          label="Weights" value={chosen} onChange={setWeights}
          options={[...(best === undefined ? [] : [{ value: 'best' as const, label: `Best evaluation, step ${best}` }]), { value: 'last' as const, label: `Now, step ${last}` }]}
        />
        {run.config.data.table && written > 0 && <p className="small muted">run.json holds {written} prompts of your test rows with their references, as the texts of the model were scored on them; leave it out of what you publish where they are private.</p>}
      </section>
      {peft !== 'full' && (
        <Form form="adapter" weights={chosen} title={isLora(peft) || isVirtual(peft) ? 'Adapter (PEFT)' : `${PEFT_TITLES[peft]}`}>
          {isLora(peft) || isVirtual(peft)
            ? 'adapter_config.json and adapter_model.safetensors, which peft opens onto the base model; README.md with recipe and figures, and the run with its curves.'
            : 'adapter.safetensors with what was trained, since peft has no such method; README.md says how to open it, and the run comes along.'}
        </Form>
      )}
      {!isVirtual(peft) && peft !== 'adapter' && (
        <Form form="merged" weights={chosen} title={peft === 'full' ? 'Model (transformers)' : 'Merged model (transformers)'}>
          config.json with the names of the classes, model.safetensors in float32 and the tokenizer: a model of its own, which transformers opens without peft.
        </Form>
      )}
      {isLora(peft) && (
        <Form form="python" weights="last" title="Go on in Python">
          continue.py for transformers and peft, with the rows, their order, the recipe and the first values beside it: it begins where this run began, draws the same dropout masks, and prints its losses beside those of the page.
        </Form>
      )}
      <Outcome />
    </>
  );
}

function Form({ form, weights, title, children }: { form: ExportForm; weights: 'best' | 'last'; title: string; children: string }) {
  const { exports } = usePlayground();
  const busy = usePage((state) => state.exporting !== undefined);
  const pick = folderPicker();
  const intoFolder = async () => {
    // Whoever closes the dialog has changed their mind.
    const folder = await pick!({ id: 'trained', mode: 'readwrite' }).catch(() => undefined);
    if (folder) exports.take(form, weights, folder);
  };
  return (
    <section className="take" aria-label={title}>
      <h3>{title}</h3>
      <p className="small muted">{children}</p>
      <div className="take-ways">
        <button type="button" className={form === 'adapter' ? 'button filled' : 'button'} disabled={busy} onClick={() => exports.take(form, weights)}>Download as .zip</button>
        {pick && <button type="button" className="button" disabled={busy} onClick={() => void intoFolder()}>Into a folder…</button>}
      </div>
    </section>
  );
}

function Outcome() {
  const { exports } = usePlayground();
  const exporting = usePage((state) => state.exporting);
  const exported = usePage((state) => state.exported);
  return (
    <div className="take-outcome" aria-live="polite">
      {exporting && (
        <div className="download">
          <p>{exporting.of === 0 ? 'The weights are being read.' : `${bytes(exporting.bytes)} of ${bytes(exporting.of)} are written.`}</p>
          <progress max={Math.max(1, exporting.of)} value={exporting.bytes} aria-label="Progress of writing" />
          <button type="button" className="button" onClick={exports.stop}>Stop</button>
        </div>
      )}
      {exported && <p className={exported.ok ? 'field-note' : 'field-refusal'} role={exported.ok ? 'status' : 'alert'}>{exported.sentence}</p>}
    </div>
  );
}
