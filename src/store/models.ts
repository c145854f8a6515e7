/** Models besides those that come with the page: looking at one, fetching it, choosing it, and planning a run of the draft on whatever it names. */
import { builtInFacts } from '../config/models';
import { presetOf, withModel } from '../config/presets';
import { configProblems } from '../config/problems';
import type { FromEngine, ToEngine } from '../protocol/messages';
import type { ModelRefusal } from '../protocol/modelMessages';
import type { Context } from './context';
import type { EngineLink } from './engineClient';
import { tableObstacle } from './obstacles';
import { draftFacts, entryOf, type Estimate, factsOf, type ModelEntry } from './state';

export interface Models {
  /** Asks what a source holds, unless that is known. A refusal is asked about again. */
  look(source: string): void;
  /** Plans the draft: with its model where that is here, from its sizes alone where the weights are not, and not before it is known. */
  plan(): void;
  /** Shows a source in the picker; undefined for none. */
  pick(source: string | undefined): void;
  /** Takes files of this visit and shows them in the picker. */
  bring(name: string, files: { path: string; blob: Blob }[]): void;
  /** Takes the files of an adapter, and looks whether they fit the model on the cards. */
  bringAdapter(name: string, files: { path: string; blob: Blob }[]): void;
  /** Its sheet is closed; what begins with it goes on to. */
  putAwayAdapter(): void;
  adapted(event: Extract<FromEngine, { type: 'adapted' | 'unadapted' }>): void;
  /** A token for gated models; kept in memory, here to outlive a restart of the engine. */
  authorise(token: string | undefined): void;
  /** Brings the weights here, and chooses the model when they are. */
  fetch(source: string, choose: boolean): void;
  stopFetching(): void;
  listKept(): void;
  forget(source: string): void;
  /** Hands the files of this visit to an engine beside the page's own. */
  bringTo(other: Pick<EngineLink, 'post'>): void;
  /** Tells a new engine what only the old one knew. */
  remind(): void;
  described(event: Extract<FromEngine, { type: 'described' }>): void;
  refused(asked: string, refusal: ModelRefusal): void;
  /** @param data rows that were asked about: those of the draft, or those of a choice, which is not the picker's */
  estimated(source: string, data: string, estimate: Estimate): void;
  fetched(source: string, note: string | undefined): void;
}

export function createModels({ store, engine }: Context): Models {
  const { getState: get, setState: set } = store;
  let token: string | undefined;
  /** Files of this visit, by the name that they were brought under. */
  const brought = new Map<string, Extract<ToEngine, { type: 'bring' }>>();
  const broughtAdapters = new Map<string, Extract<ToEngine, { type: 'adapt' }>>();
  /** Whose description is to be shown in the picker when it comes. */
  let bringing: string | undefined;

  const note = (source: string, entry: ModelEntry | undefined) => set(({ models }) => {
    const { [source]: _, ...others } = models;
    return { models: entry ? { ...others, [source]: entry } : others };
  });

  const bringTo = (other: Pick<EngineLink, 'post'>) => {
    if (token !== undefined) other.post({ type: 'authorise', token });
    for (const command of [...brought.values(), ...broughtAdapters.values()]) other.post(command);
  };

  const look = (source: string) => {
    const entry = entryOf(get(), source);
    if (entry && entry.state !== 'refused') return;
    note(source, { state: 'looking' });
    engine.post({ type: 'describe', source });
  };

  const plan = () => {
    const { draft, engine: phase } = get();
    const { source } = draft.model;
    const entry = entryOf(get(), source);
    if (!entry) return look(source);
    const { picking, estimates } = get();
    if (picking !== undefined && !estimates[picking]) estimate(picking);
    if (entry.state !== 'described' || phase !== 'ready' || configProblems(draft, entry.facts).length > 0 || tableObstacle(get())) return undefined;
    return engine.post({ type: entry.toFetch > 0 ? 'estimate' : 'prepare', config: draft });
  };

  /** What a run of the draft would take on another model. */
  const estimate = (source: string) => {
    const state = get();
    const facts = factsOf(state, source);
    if (!facts || facts.obstacle !== undefined || source === state.draft.model.source || state.engine !== 'ready') return;
    const config = withModel(state.draft, source, draftFacts(state), facts);
    const [problem] = configProblems(config, facts);
    if (problem) set(({ estimates }) => ({ estimates: { ...estimates, [source]: { fault: { code: 'bad_config', problems: [problem] } } } }));
    else engine.post({ type: 'estimate', config });
  };

  const pick = (picking: string | undefined) => {
    set({ picking, unfetched: undefined });
    if (picking === undefined) return;
    look(picking);
    estimate(picking);
  };

  return {
    look, plan, pick,
    bring(name, files) {
      const command = { type: 'bring', name, files } as const;
      brought.set(name, command);
      bringing = name;
      note(name, { state: 'looking' });
      set({ picking: name, unfetched: undefined });
      engine.post(command);
    },
    bringAdapter(name, files) {
      const command = { type: 'adapt', name, files } as const;
      broughtAdapters.set(name, command);
      set({ adapting: { state: 'looking', name } });
      engine.post({ ...command, config: get().draft });
    },
    putAwayAdapter: () => set({ adapting: undefined }),
    adapted(event) {
      const { adapting, draft } = get();
      // A link had named it, and waited for its files.
      if (event.type === 'adapted' && draft.model.adapter === event.adapter) plan();
      if (adapting?.name !== event.name) return undefined;
      if (event.type === 'unadapted') return set({ adapting: { state: 'refused', name: event.name, model: event.model, sentence: event.sentence } });
      return set({ adapting: { ...event, state: 'fits' } });
    },
    authorise(given) {
      token = given;
      engine.post({ type: 'authorise', token });
      const { picking } = get();
      if (picking !== undefined) look(picking);
    },
    fetch(source, choose) {
      set({ fetching: { source, bytes: 0, of: 0, choose }, unfetched: undefined });
      engine.post({ type: 'fetch', source, weights: get().draft.model.weights });
    },
    stopFetching: () => engine.post({ type: 'stop_fetching' }),
    listKept: () => engine.post({ type: 'list_kept' }),
    forget(source) {
      note(source, undefined);
      engine.post({ type: 'forget', source });
      if (get().draft.model.source === source) look(source);
    },
    bringTo,
    remind() {
      bringTo(engine);
      for (const [source, entry] of Object.entries(get().models)) if (entry.state === 'looking') engine.post({ type: 'describe', source });
    },
    described({ asked, facts, toFetch }) {
      const { source } = facts;
      note(source, { state: 'described', facts, toFetch });
      const { draft, preset, picking } = get();
      if (bringing !== undefined && source.startsWith('local:')) {
        note(bringing, undefined);
        set({ picking: source });
        bringing = undefined;
      } else if (asked !== source) {
        // What it is called from now on is pinned; the name that was asked leads nowhere that can be trusted to stay.
        note(asked, undefined);
        if (picking === asked) set({ picking: source });
      }
      if (draft.model.source === asked || draft.model.source === source) {
        const pinned = { ...draft, model: { ...draft.model, source } };
        set({ draft: pinned, preset: presetOf(pinned, facts) ?? preset });
        plan();
      }
      if (get().picking === source) estimate(source);
    },
    refused(asked, refusal) {
      if (bringing !== undefined && (asked === bringing || asked.startsWith('local:'))) {
        note(bringing, undefined);
        set({ picking: asked });
        bringing = undefined;
      }
      note(asked, { state: 'refused', refusal });
      const { conversion } = refusal;
      if (conversion !== undefined) set(({ unreviewed }) => ({ unreviewed: { ...unreviewed, [conversion]: asked } }));
    },
    estimated(source, data, found) {
      if (data !== get().draft.data.source) return;
      set(({ estimates, draft }) => ({ estimates: { ...estimates, [source]: found }, ...(draft.model.source === source && found.summary && { plan: found.summary }) }));
    },
    fetched(source, sentence) {
      const entry = entryOf(get(), source);
      if (entry?.state === 'described' && !builtInFacts(source)) note(source, { ...entry, toFetch: 0 });
      set(({ notice }) => ({ fetching: undefined, notice: sentence ?? notice }));
      if (get().draft.model.source === source) plan();
    },
  };
}
