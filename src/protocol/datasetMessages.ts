/** What a dataset elsewhere has to choose from. */
import type { TableSet } from './tableMessages';

export interface DatasetSplit {
  name: string;
  /** Paths below its source. */
  files: string[];
  /** Of all its files; left out where nobody says. */
  bytes?: number;
  rows?: number;
  /** Only its first part is there. */
  partial?: boolean;
  /** What it is for by its name, where that says something and no other is for it. */
  part?: TableSet['part'];
}

export interface DatasetConfiguration {
  name: string;
  splits: DatasetSplit[];
}

export interface DatasetOffer {
  /** Reference, pinned to the commit. */
  source: string;
  name: string;
  licence?: string;
  configurations: DatasetConfiguration[];
  notes: string[];
}
