/** Taking what was trained home: the adapter, or a whole model, of the run whose weights the engine holds. */
import { bestOf } from '../config/best';
import type { FromEngine } from '../protocol/messages';
import type { ExportForm } from '../protocol/exportMessages';
import type { Context } from './context';
import { type PageState, type RunInfo } from './state';
import { effectiveConfig, recordOf } from './runList';

export interface Exports {
  /** Asks for the files: into a folder that somebody chose, or as a zip that is downloaded. */
  take(form: ExportForm, weights: 'best' | 'last', into?: FileSystemDirectoryHandle): void;
  stop(): void;
  heard(event: Extract<FromEngine, { type: 'exporting' | 'exported' | 'unexported' }>): void;
}

/** The run whose weights can be taken: one that has begun and that the engine has not let go of. */
export function takeable({ phase, problem, runs, current }: Pick<PageState, 'phase' | 'problem' | 'runs' | 'current'>): RunInfo | undefined {
  const astray = phase === 'failed' && problem?.fault.code === 'diverged';
  return phase === 'running' || phase === 'paused' || phase === 'finished' || astray ? runs.find(({ id }) => id === current) : undefined;
}

export interface Steps {
  /** Of the best evaluation; undefined before the first. */
  best?: number;
  last: number;
}

/** Which steps the weights at hand are of. */
export function stepsOf({ data }: Pick<Context, 'data'>, run: RunInfo, step: number): Steps {
  return { best: bestOf(data.get(run.id)?.evaluations ?? [], effectiveConfig(run))?.step, last: step };
}

export function createExports({ store, engine, data }: Context): Exports {
  return {
    take(form, weights, into) {
      const state = store.getState();
      const run = takeable(state);
      if (!run || state.exporting) return;
      store.setState({ exporting: { form, bytes: 0, of: 0 }, exported: undefined });
      engine.post({ type: 'export', runId: run.id, form, weights, record: recordOf(run, data.get(run.id)!), ...(into && { into }) });
    },
    stop: () => engine.post({ type: 'stop_exporting' }),
    heard(event) {
      const { exporting } = store.getState();
      if (event.type === 'exporting') store.setState({ exporting: exporting && { ...exporting, bytes: event.bytes, of: event.of } });
      else if (event.type === 'unexported') store.setState({ exporting: undefined, exported: { ok: false, sentence: event.sentence } });
      else {
        const { name, step, file } = event;
        store.setState({ exporting: undefined, exported: { ok: true, sentence: `${name} has the weights after step ${step}.` }, ...(file && { saved: { name, file } }) });
      }
    },
  };
}
