/** Examples of a task, before anything is trained on them. */
import type { RunConfig } from '../config/config';

export interface PreviewRow {
  text: string;
  pair?: string;
  /** What a language model is to write after `text`. */
  completion?: string;
  label: number;
}

export type PreviewCommand =
  /** Send a few rows of a task: answers `previewed`. Needs no GPU. */
  | { type: 'preview'; task: RunConfig['data']['task']; rows: number; noise: number; seed: number };

export type PreviewEvent =
  | { type: 'previewed'; task: RunConfig['data']['task']; title: string; description: string; mirrors: string; citation: string; labels: string[]; training: PreviewRow[]; heldOut: PreviewRow[]; counts: { training: number; validation: number; test: number } };
