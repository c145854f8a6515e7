/** Editing the experiment: the draft changes at once; what a running run can take over follows as commands, the rest waits for a restart. */
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import type { TaskName } from '../config/tasks';
import { configProblems } from '../config/problems';
import { fieldOf, withField } from '../config/change';
import { applyMethod } from '../config/methods';
import type { PeftKind } from '../config/peft';
import { applyRegulariser, type RegulariserName } from '../config/regularisers';
import { sameValue } from '../config/diff';
import { applyPreset, type PresetName, presetOf, referenceConfig, withModel, withTable, withTask } from '../config/presets';
import { openLink } from '../config/url';
import { hotChanges } from './hotChanges';
import { type TableMapping, tableKey } from '../config/tables';
import type { Context } from './context';
import type { ModelTraits } from '../config/models';
import type { Models } from './models';
import { draftFacts, factsOf, isLive, isRacing } from './state';
import { effectiveConfig } from './runList';

export interface Edits {
  set(field: string, value: unknown): void;
  applyPreset(name: PresetName): void;
  applyRegulariser(name: RegulariserName): void;
  /** Lets the next run begin with an adapter, whose settings are the method's. */
  beginWith(adapter: string, settings: Partial<RunConfig['model']>): void;
  /** Back to the preset's value. */
  restore(field: string): void;
  /** Draft back to what the current run runs with. */
  discard(): void;
  /** Rows of a table in place of what the draft names; the same table, read in the same way, changes nothing but that they are here. */
  useTable(source: string, table: TableMapping, rows: number): void;
  dismissLink(): void;
  /** Takes over a link that was pasted into the address of the open page. Starts nothing. */
  openLink(hash: string): void;
}

/** A drag across a slider is one change, not fifty. */
const SETTLE_MS = 200;

/** The chosen preset's value of a field, for comparing and restoring. */
export function presetValue(config: RunConfig, preset: PresetName, field: string, traits: ModelTraits | undefined): unknown {
  if (field === 'data.source' || field === 'data.table' || field === 'model.source' || field === 'model.peft') return fieldOf(DEFAULT_CONFIG, field);
  return fieldOf(referenceConfig(preset, config, traits), field);
}

export function createEdits({ store, engine }: Context, models: Models): Edits {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the engine will run with once it has answered everything that was posted. */
  let asked: { run: string; config: RunConfig } | undefined;

  const settle = () => {
    const { draft, phase, current, runs } = store.getState();
    const problems = configProblems(draft, draftFacts(store.getState()));
    const run = runs.find(({ id }) => id === current);
    // What is changed while several runs go on side by side is for the next: it would make them other variants than they were chosen to be.
    if (isRacing(store.getState())) return;
    if (isLive(phase) && run) {
      if (asked?.run !== run.id) asked = { run: run.id, config: effectiveConfig(run) };
      if (problems.length) return;
      for (const { field, to } of hotChanges(asked.config, draft)) {
        asked = { run: run.id, config: withField(asked.config, field, to) };
        engine.post({ type: 'change', runId: run.id, field, to });
      }
    } else models.plan();
  };

  // A refusal means the engine stayed where it was: forget what was asked for, so that the next difference is taken from the truth.
  store.subscribe(({ refusal }, before) => {
    if (refusal && refusal !== before.refusal) asked = undefined;
  });

  const change = (draft: RunConfig) => {
    const before = store.getState().draft;
    if (sameValue(draft, before)) return;
    store.setState(({ link, problem }) => ({
      draft, refusal: undefined, problem: problem?.scope === 'plan' ? undefined : problem,
      // A link's recorded changes belong to its configuration and to no other.
      link: link && link.changes.length ? { ...link, changes: [] } : link,
    }));
    if (!sameValue(draft.data, before.data) || draft.seed !== before.seed) {
      engine.post({ type: 'preview', data: draft.data, seed: draft.seed });
    }
    // What depends on another model waits for what it is.
    if (draft.model.source !== before.model.source) models.look(draft.model.source);
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  };

  const set = (field: string, value: unknown) => {
    const { draft } = store.getState();
    const traits = draftFacts(store.getState());
    // A task, a model or a method brings what belongs to it.
    if (field === 'data.source') change(withTask(draft, value as TaskName, traits));
    else if (field === 'model.source') change(withModel(draft, value as string, traits, factsOf(store.getState(), value as string)));
    else if (field === 'model.peft') change(applyMethod(value as PeftKind, draft));
    else change(withField(draft, field, value));
  };

  const useTable = (source: string, table: TableMapping, rows: number) => {
    const { draft } = store.getState();
    const { data } = draft;
    const isNamed = data.table !== undefined && tableKey(data.source, data.table) === tableKey(source, table);
    if (!isNamed) return change(withTable(draft, source, table, rows, draftFacts(store.getState())));
    engine.post({ type: 'preview', data, seed: draft.seed });
    return models.plan();
  };

  return {
    set,
    useTable,
    beginWith(adapter, settings) {
      const { draft } = store.getState();
      change({ ...draft, model: { ...draft.model, ...settings, adapter } });
    },
    applyRegulariser: (name) => change(applyRegulariser(name, store.getState().draft)),
    applyPreset(name) {
      store.setState({ preset: name });
      change(applyPreset(name, store.getState().draft, draftFacts(store.getState())));
    },
    restore(field) {
      const { draft, preset } = store.getState();
      set(field, presetValue(draft, preset, field, draftFacts(store.getState())));
    },
    discard() {
      const { runs, current } = store.getState();
      const run = runs.find(({ id }) => id === current);
      if (run) change(effectiveConfig(run));
    },
    openLink(hash) {
      const { config, changes, applied, ignored } = openLink(hash);
      store.setState((state) => ({ preset: presetOf(config, factsOf(state, config.model.source)) ?? 'baseline' }));
      change(config);
      store.setState({ link: { applied, ignored, changes, dismissed: false } });
    },
    // The note goes, the changes stay: the next start still replays them.
    dismissLink: () => store.setState(({ link }) => ({ link: link && { ...link, dismissed: true } })),
  };
}
