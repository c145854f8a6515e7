/** What the page knows at a moment, apart from the points of runs. Everything here changes at human or evaluation speed. */
import type { Change, RunConfig } from '../config/config';
import type { PresetName } from '../config/presets';
import type { Fault } from '../protocol/faults';
import { BUILT_IN, type ModelFacts } from '../config/models';
import type { DeviceInfo } from '../protocol/deviceMessages';
import type { ExportForm } from '../protocol/exportMessages';
import type { InspectionPlace } from '../protocol/inspectionMessages';
import type { FromEngine } from '../protocol/messages';
import type { KeptModel, ModelRefusal } from '../protocol/modelMessages';
import type { Gauge, PlanSummary } from '../protocol/planMessages';
import type { RunId } from '../protocol/runMessages';
import type { RunRecord } from '../protocol/run';
import type { Checkpoint } from './checkpointFile';
import type { Pace } from './pace';
import type { Axis } from './series';

export type Phase = 'idle' | 'starting' | 'running' | 'paused' | 'finished' | 'failed';

export const isLive = (phase: Phase) => phase === 'starting' || phase === 'running' || phase === 'paused';

export interface RunInfo {
  id: RunId;
  name: string;
  /** Whether a person named it; then changes do not rename it. */
  renamed: boolean;
  /** Index of its colour; −1 for the recorded run, which is grey. */
  colour: number;
  kind: 'live' | 'recorded' | 'loaded';
  createdAt: string;
  device: string;
  /** What it started with. */
  config: RunConfig;
  /** Those that were made. */
  changes: Change[];
  /** Those that the engine was told to make, each at its step; what of them is still to come belongs into a checkpoint. */
  coming?: Change[];
  pinned: boolean;
  hidden: boolean;
  /** Made by the queue in this visit. */
  queued?: boolean;
  test?: RunRecord['test'];
  texts?: RunRecord['texts'];
  scores?: RunRecord['scores'];
}

/** What a run has trained, as the file that `resume` takes, of its last step. */
export interface TrainedFile {
  step: number;
  /** When it was made, in milliseconds. */
  at: number;
  file: Blob;
}

export type TrainedFiles = Readonly<Record<RunId, TrainedFile>>;

/** What a lane of a race drops: what the cards say, or what a preset does with everything else as on the cards. */
export type Variant = 'cards' | PresetName;

export interface LineUp {
  variants: readonly Variant[];
  /** Bytes of all lanes together, for these variants of this draft. */
  plan?: { bytes: number; budget: number };
  /** Why they cannot run together. */
  fault?: Fault;
}

export interface Race {
  /** In the order of their lanes; the first is the current run. */
  lanes: readonly RunId[];
  variants: readonly Variant[];
  /** Those that are over. */
  finished: readonly RunId[];
  /** Those that went astray or failed, and why. */
  faults: Readonly<Record<RunId, Fault>>;
  /** One sentence as each lane's attention sees it. */
  inspections: Readonly<Record<RunId, Inspection>>;
}

/** Whether several runs are going on together. */
export const isRacing = ({ race, phase }: Pick<PageState, 'race' | 'phase'>): boolean => race !== undefined && isLive(phase);

export type Preview = Extract<FromEngine, { type: 'previewed' }>;
export type Inspection = Extract<FromEngine, { type: 'inspected' }>;

/** What the model of the current run made of held-out rows, and of a person's own text. */
export interface AnswersState {
  /** Whether held-out rows are read or written at every evaluation; undefined before anybody was asked. */
  following?: boolean;
  /** Of a model that does not write: at the first evaluation that was followed, and at the last one so far. */
  first?: Predicted;
  latest?: Predicted;
  /** Number of the question that waits for its answer. */
  asking?: number;
  /** The answer to a person's own text, or why there is none. */
  own?: Extract<FromEngine, { type: 'wrote' | 'predicted' | 'unwritten' }>;
  /** How texts are scored, at the end of a run and where somebody asks. */
  wish: ScoreWish;
  /** Texts are being written to be scored. */
  scoring?: { done: number; of: number };
  /** Why they could not be. */
  unscored?: string;
}

/** What was found out about keys in the current run. */
export interface KeysState {
  /** Number of the question that waits for its answer. */
  asking?: number;
  dropped?: Extract<FromEngine, { type: 'keys_dropped' }>;
  deleted?: Extract<FromEngine, { type: 'keys_deleted' }>;
  /** Why the last question has no answer. */
  refused?: string;
}

export interface ScoreWish {
  /** Test prompts at most, 0 for all. */
  rows: number;
  beams: number;
  /** Whether it is done by itself where a run ends. */
  atEnd: boolean;
}

export type Predicted = Extract<FromEngine, { type: 'predicted' }>;

/** What is known of a source: nothing yet, all but its weights, or why it cannot be had. */
export type ModelEntry = { state: 'looking' } | { state: 'described'; facts: ModelFacts; toFetch: number } | { state: 'refused'; refusal: ModelRefusal };

/** What a run would take on a model that is not chosen yet. */
export interface Estimate {
  summary?: PlanSummary;
  fault?: Fault;
}

export type Adapting = { state: 'looking'; name: string } | Omit<Extract<FromEngine, { type: 'adapted' }>, 'type'> & { state: 'fits' } | { state: 'refused'; name: string; model: string; sentence: string };

export interface ViewSettings {
  /** Weight of the past in the stochastic line; undefined is a distinct "off". */
  smoothing: number | undefined;
  logScale: boolean;
  axis: Axis;
  theme: 'system' | 'light' | 'dark';
  pauseWhenHidden: boolean;
  pace: Pace;
  /** GiB that a run may take; undefined for the usual. */
  budget?: number;
  /** Names of the parts of the page that are unfolded. */
  unfolded: readonly string[];
}

/** A run that was taken up again: why it had to be, the step it goes on from, and the last step that was seen before. */
export interface Recovering {
  cause: Fault['code'];
  from: number;
  reached: number;
  byItself: boolean;
}

export interface PageState {
  /** What the controls show; the next run starts with it. */
  draft: RunConfig;
  /** The preset that "changed" dots compare with. */
  preset: PresetName;
  engine: 'starting' | 'ready' | 'absent';
  device: DeviceInfo | undefined;
  /** Models that somebody asked about, by the text of their reference; those that come with the page need no asking. */
  models: Readonly<Record<string, ModelEntry>>;
  estimates: Readonly<Record<string, Estimate>>;
  /** The weights that are on their way; `chosen` once they are here, if somebody asked for that. */
  fetching: { source: string; bytes: number; of: number; bytesPerSecond?: number; choose: boolean } | undefined;
  /** Sources that are a bot's conversion of another one, with that. */
  unreviewed: Readonly<Record<string, string>>;
  /** The source that the picker shows; a name of files that are still being looked at. */
  picking: string | undefined;
  /** Why the weights of a model did not come. */
  unfetched: { source: string; refusal: ModelRefusal } | undefined;
  /** The adapter that was given last: looked at, ready to begin with on `model`, or why not. */
  adapting: Adapting | undefined;
  /** What is kept on this machine; undefined before it was asked. */
  kept: { models: readonly KeptModel[]; free?: number } | undefined;
  plan: PlanSummary | undefined;
  /** What runs would take that one could choose, by model and data (`choiceKey`). */
  costs: Readonly<Record<string, Estimate>>;
  /** How long this adapter takes; undefined before it was measured. */
  gauge: Gauge | undefined;
  /** How many times longer than planned runs took here; undefined before the first one. */
  slowness: number | undefined;
  compiling: { done: number; of: number } | undefined;
  /** The first fault that is still true. `scope` says what it stops. */
  problem: { fault: Fault; scope: 'engine' | 'plan' | 'run' } | undefined;
  /** A run lost its engine and goes on from a snapshot as soon as there is another one. */
  recovering: Recovering | undefined;
  /** It went on; said until the next run or until it is dismissed. */
  recovered: (Recovering & { elsewhere: boolean }) | undefined;
  /** The step from which a run that lost its engine could go on, if somebody says so. */
  goOnFrom: number | undefined;
  /** No event has come for a while although a run is going on. */
  silent: boolean;
  /** A hot change that the engine would not make, shown beside its control. */
  refusal: { field: string; sentence: string } | undefined;
  phase: Phase;
  current: RunId | undefined;
  step: number;
  /** Steps a second over the last second or so; undefined before it is known. */
  speed: number | undefined;
  runs: RunInfo[];
  /** First rows, by the source of the data. */
  previews: Readonly<Record<string, Preview>>;
  /** Tables whose rows are at hand, by `tableKey`. */
  heldTables: readonly string[];
  inspectedPlace: InspectionPlace;
  inspection: Inspection | undefined;
  /** What was seen of this place in this run, the oldest first. */
  captured: readonly Inspection[];
  answers: AnswersState;
  /** What was found out about keys in this run. */
  keys: KeysState;
  link: { applied: number; ignored: string[]; changes: Change[]; dismissed: boolean } | undefined;
  /** The card after the first run that overfits: shown once in a session. */
  offer: 'waiting' | 'shown' | 'done';
  /** An opened checkpoint that waits to go on, and the run that shows its curves so far. */
  checkpoint: (Checkpoint & { shownAs: RunId }) | undefined;
  /** A checkpoint is being made: the run pauses for it, and goes on afterwards if it was going. */
  saving: { goOn: boolean } | undefined;
  /** Trained weights of runs that are over, by their ids. */
  weights: TrainedFiles;
  /** A file that waits to be downloaded. */
  saved: { name: string; file: Uint8Array<ArrayBuffer> | Blob } | undefined;
  /** What was trained is being written. */
  exporting: { form: ExportForm; bytes: number; of: number } | undefined;
  /** What became of the last time. */
  exported: { ok: boolean; sentence: string } | undefined;
  /** Who is to run side by side, and what they take together. */
  lineUp: LineUp;
  /** Runs that go on in lock-step, or did; undefined where the current run is alone. */
  race: Race | undefined;
  /** What becomes of runs when the page is left: kept, apart from the rows of a table for which there was no room; kept by another tab only; refused by the browser, with the name of its error; or nobody knows yet. */
  keeping: { state: 'opening' | 'elsewhere' } | { state: 'kept'; withoutRows?: string } | { state: 'refused'; room: boolean; detail: string };
  /** A sentence about a file that could not be read, or the like; dismissable. */
  notice: string | undefined;
  hoveredRun: RunId | undefined;
  /** Where the pointer is on the x axis of all charts. */
  cursor: number | undefined;
  view: ViewSettings;
}

export const DEFAULT_VIEW: ViewSettings = { smoothing: 0.6, logScale: false, axis: 'steps', theme: 'system', pauseWhenHidden: false, pace: 'calm', unfolded: [] };

/** One object each: who reads the state asks for the same again and again. */
const BUILT_IN_ENTRIES = new Map(Object.entries(BUILT_IN).map(([source, facts]): [string, ModelEntry] => [source, { state: 'described', facts, toFetch: 0 }]));

/** What is known of a source. */
export function entryOf({ models }: Pick<PageState, 'models'>, source: string): ModelEntry | undefined {
  return BUILT_IN_ENTRIES.get(source) ?? models[source];
}

/** Facts of the model on the cards; undefined while they are looked for. */
export function draftFacts(state: Pick<PageState, 'models' | 'draft'>): ModelFacts | undefined {
  return factsOf(state, state.draft.model.source);
}

/** Facts of any model, where they are known. */
export function factsOf(state: Pick<PageState, 'models'>, source: string): ModelFacts | undefined {
  const entry = entryOf(state, source);
  return entry?.state === 'described' ? entry.facts : undefined;
}
