/** What was trained as files to take away. */
import type { RunRecord } from './run';
import type { RunId } from './runMessages';

/** `adapter`: as peft opens it, or the file of a method that peft lacks. `merged`: a model without an adapter. `python`: a script that goes on in Python. */
export const EXPORT_FORMS = ['adapter', 'merged', 'python'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

export type ExportCommand =
  /**
   * Write what the current run has trained: answers `exporting` again and again, then `exported` or `unexported`.
   * `record` is the run as the page has it; `into` a folder that somebody chose, in which a folder is made. Without one a zip is made.
   */
  | { type: 'export'; runId: RunId; form: ExportForm; weights: 'best' | 'last'; record: RunRecord; into?: FileSystemDirectoryHandle }
  | { type: 'stop_exporting' };

export type ExportEvent =
  | { type: 'exporting'; runId: RunId; bytes: number; of: number }
  /** `name` of the folder, or of the zip that `file` is; `step` optimizer steps are in the weights. */
  | { type: 'exported'; runId: RunId; step: number; name: string; file?: Blob }
  | { type: 'unexported'; runId: RunId; sentence: string };
