/** Examples of the rows of a configuration, before anything is trained on them. */
import type { RunConfig } from '../config/config';

export interface PreviewRow {
  text: string;
  pair?: string;
  /** What a language model is to write after `text`. */
  completion?: string;
  label: number;
}

export type PreviewCommand =
  /** Send a few rows: answers `previewed`, or nothing where the table is not at hand. Needs no GPU. */
  | { type: 'preview'; data: RunConfig['data']; seed: number };

export type PreviewEvent =
  /** `mirrors` and `citation` belong to tasks of the page. */
  | { type: 'previewed'; data: RunConfig['data']; title: string; description: string; mirrors?: string; citation?: string; labels: readonly string[]; training: PreviewRow[]; heldOut: PreviewRow[]; counts: { training: number; validation: number; test: number } };
