/** Finding out what a source holds, fetching it, and what of it is kept on this machine. A source is named by its reference's text. */
import type { ModelFacts } from '../config/models';
import type { Fault } from './faults';
import type { PlanSummary } from './planMessages';
import type { RunConfig } from '../config/config';
import type { WeightFormat } from '../config/weightFormats';

/** Why a source cannot be had. */
export interface ModelRefusal {
  /** As `SourceError` has it, or `unreadable` for files that came and are not what the engine reads. */
  code: string;
  file: string;
  detail: string;
  /** Safetensors that somebody offers as a pull request to a repository of pickles: its reference, pinned. Nobody of the owners has looked at them. */
  conversion?: string;
}

export interface KeptModel {
  source: string;
  bytes: number;
  /** Milliseconds since 1970. */
  used: number;
  complete: boolean;
}

export type ModelCommand =
  /** Find out what a source holds, without its weights: answers `described` or `undescribed`. Needs no GPU. */
  | { type: 'describe'; source: string }
  /** Files that were dropped or picked, in this visit: answers as `describe` does. */
  | { type: 'bring'; name: string; files: { path: string; blob: Blob }[] }
  /** A token for gated models of the Hub, in memory only; undefined forgets it. */
  | { type: 'authorise'; token: string | undefined }
  /** What a run of `config` would take with its model and data, known without weights: answers `estimated`. */
  | { type: 'estimate'; config: RunConfig }
  /** Bring a model's weights to this machine, or, where they cannot stay there, to the device in the format of `weights`, and check them: answers `fetching` again and again, then `fetched` or `unfetched`. */
  | { type: 'fetch'; source: string; weights?: WeightFormat }
  /** What has come stays. */
  | { type: 'stop_fetching' }
  /** What a model's tokenizer is made of, for who measures tables: answers `lent`. Needs no GPU and no weights. */
  | { type: 'lend_tokenizer'; source: string }
  /** What is kept from visit to visit: answers `kept`. */
  | { type: 'list_kept' }
  | { type: 'forget'; source: string }
  /** The files of an adapter, or a zip of them, in this visit. With `config` they are put onto its model: answers `adapted` or `unadapted`. */
  | { type: 'adapt'; name: string; files: { path: string; blob: Blob }[]; config?: RunConfig };

export type ModelEvent =
  /** `asked`: the reference of the command; `facts.source` is pinned. `toFetch`: bytes of weights that are not on this machine. */
  | { type: 'described'; asked: string; facts: ModelFacts; toFetch: number }
  | { type: 'undescribed'; asked: string; refusal: ModelRefusal }
  | { type: 'estimated'; source: string; data: string; summary?: PlanSummary; fault?: Fault }
  | { type: 'fetching'; source: string; bytes: number; of: number; bytesPerSecond?: number }
  /** `note`: why it is not kept, where it is not. */
  | { type: 'fetched'; source: string; note?: string }
  | { type: 'unfetched'; source: string; refusal: ModelRefusal }
  /** A run of `model` can begin with `adapter`, where it has these settings. `notes` are sentences. */
  | { type: 'adapted'; name: string; adapter: string; model: string; settings: Partial<RunConfig['model']>; notes: readonly string[] }
  | { type: 'unadapted'; name: string; model: string; sentence: string }
  /** `tokenizer`: `LentTokenizer` as JSON, which no page has to hold; `longest`: tokens that the model has positions for. Else why there is none. */
  | { type: 'lent'; source: string; tokenizer?: Blob; longest: number; obstacle?: string }
  | { type: 'kept'; models: KeptModel[]; free?: number };
