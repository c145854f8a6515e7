/** Saving a run as a file, and going on with one: what the page does around the engine's `save` and `start … resume`. */
import type { RunId } from '../protocol/runMessages';
import { checkpointName, damageOf, isCheckpointName, readCheckpoint } from './checkpointFile';
import type { Context } from './context';
import { recordToGoOn } from './keptRun';
import { without } from './keptWeights';
import { startObstacle } from './obstacles';
import type { RunList } from './runList';
import type { Transport } from './transport';

export interface Checkpoints {
  /** Asks the engine for a file of the current run. A run that is going pauses for it, so that its curves and its weights are of one step. */
  save(): void;
  /** Called when the run has paused or finished: the second half of `save`. */
  continueSaving(): void;
  finishSaving(runId: RunId, step: number, file: Uint8Array<ArrayBuffer>): void;
  /** Takes the file that waits to be downloaded. */
  takeSaved(): { name: string; file: Uint8Array<ArrayBuffer> | Blob } | undefined;
  /** Opens a dropped or chosen file: a checkpoint, or a run as JSON. */
  open(file: File): Promise<void>;
  goOn(): void;
  /** Has the engine hold the weights of a run that is over and not the latest. */
  bringBack(runId: RunId): Promise<void>;
  dismiss(): void;
}

export function createCheckpoints({ store, engine, data }: Context, runList: RunList, transport: Transport): Checkpoints {
  const ask = () => {
    const { runs, current } = store.getState();
    const run = runs.find(({ id }) => id === current);
    if (!run) return;
    engine.post({ type: 'save', runId: run.id, record: JSON.stringify(recordToGoOn(run, data.get(run.id)!)) });
  };
  const dismiss = () => store.setState({ checkpoint: undefined });

  const openCheckpoint = (file: Uint8Array<ArrayBuffer>, name: string) => {
    const read = readCheckpoint(file, name);
    if (!read.ok) return store.setState({ notice: read.sentence });
    const { checkpoint } = read;
    const { record, step } = checkpoint;
    const shownAs = runList.addRecord({ ...record, changes: record.changes.filter((change) => change.step <= step) }, 'loaded');
    return store.setState({ notice: read.note, checkpoint: { ...checkpoint, shownAs } });
  };

  return {
    save() {
      const { phase, saving } = store.getState();
      if (saving || phase === 'idle' || phase === 'starting' || phase === 'failed') return;
      const goOn = phase === 'running';
      store.setState({ saving: { goOn } });
      if (goOn) engine.post({ type: 'pause' });
      else ask();
    },
    continueSaving: () => store.getState().saving?.goOn && ask(),
    finishSaving(runId, step, file) {
      const { runs, saving, phase } = store.getState();
      const run = runs.find(({ id }) => id === runId);
      store.setState({ saving: undefined, saved: { name: checkpointName(run?.name ?? 'run', step), file } });
      if (saving?.goOn && phase === 'paused') engine.post({ type: 'resume' });
    },
    takeSaved() {
      const { saved } = store.getState();
      if (saved) store.setState({ saved: undefined });
      return saved;
    },
    async open(file) {
      if (isCheckpointName(file.name)) openCheckpoint(new Uint8Array(await file.arrayBuffer()), file.name);
      else runList.open(await file.text(), file.name);
    },
    goOn() {
      const { checkpoint } = store.getState();
      if (!checkpoint) return;
      if (transport.goOn(checkpoint)) dismiss();
    },
    async bringBack(runId) {
      const { runs, weights } = store.getState();
      const run = runs.find(({ id }) => id === runId);
      const kept = weights[runId];
      if (!run || !kept) return;
      // A browser may lose a file that it still names.
      const file = await kept.file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
      const damage = file ? damageOf(file) : 'the browser cannot read them any more';
      if (!file || damage !== undefined) {
        store.setState(({ weights: all }) => ({ weights: without(all, [runId]), notice: `The weights of ${run.name} cannot be brought back (${damage}); its curves stay. Train it again with the same seed.` }));
      } else if (!transport.bringBack(run, { step: kept.step, file })) store.setState({ notice: `The weights of ${run.name} cannot be brought back now: ${startObstacle(store.getState())}` });
    },
    dismiss,
  };
}
