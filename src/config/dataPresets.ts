/** The sets of the paper, each as one choice: where they lie on the Hub, what their labels are called, and how long their rows are worth reading. */
import type { Wishes } from '../protocol/tableMessages';

export interface DataPreset {
  title: string;
  /** On the Hub, with the splits that have labels, by what they are for. */
  hub: { id: string; configuration: string; splits: { training: string; validation: string; test?: string } };
  /** Names of classes whose files have numbers, by that number. */
  labels?: string[];
  /** What is learned, where files alone might be read otherwise. */
  read: Wishes;
  /** Greatest length in tokens: hardly a row is longer. */
  maxLength: number;
  /** As the literature reports it. */
  metrics: string[];
}

const GLUE = 'nyu-mll/glue';
/** Test labels of GLUE are kept back (−1), but for MRPC's. */
const glue = (configuration: string, test?: string): DataPreset['hub'] => ({ id: GLUE, configuration, splits: { training: 'train', validation: 'validation', ...(test !== undefined && { test }) } });

export const DATA_PRESETS = {
  sst2: { title: 'SST-2', hub: glue('sst2'), labels: ['negative', 'positive'], read: { target: 'classes' }, maxLength: 64, metrics: ['accuracy'] },
  rte: { title: 'RTE', hub: glue('rte'), labels: ['entailment', 'not_entailment'], read: { target: 'classes' }, maxLength: 240, metrics: ['accuracy'] },
  mrpc: { title: 'MRPC', hub: glue('mrpc', 'test'), labels: ['not_equivalent', 'equivalent'], read: { target: 'classes' }, maxLength: 104, metrics: ['accuracy', 'F1'] },
  stsb: { title: 'STS-B', hub: glue('stsb'), read: { target: 'number' }, maxLength: 128, metrics: ['Pearson', 'Spearman'] },
  cola: { title: 'CoLA', hub: glue('cola'), labels: ['unacceptable', 'acceptable'], read: { target: 'classes' }, maxLength: 48, metrics: ['Matthews'] },
  qnli: { title: 'QNLI', hub: glue('qnli'), labels: ['entailment', 'not_entailment'], read: { target: 'classes' }, maxLength: 128, metrics: ['accuracy'] },
  e2e: { title: 'E2E', hub: { id: 'tuetschek/e2e_nlg', configuration: 'default', splits: { training: 'train', validation: 'validation', test: 'test' } }, read: { problem: 'generation' }, maxLength: 160, metrics: ['BLEU', 'NIST', 'METEOR', 'ROUGE-L', 'CIDEr'] },
  webnlg: { title: 'WebNLG', hub: { id: 'webnlg-challenge/web_nlg', configuration: 'webnlg_challenge_2017', splits: { training: 'train', validation: 'dev', test: 'test' } }, read: { problem: 'generation' }, maxLength: 256, metrics: ['BLEU', 'METEOR', 'TER'] },
} as const satisfies Record<string, DataPreset>;

export type DataPresetName = keyof typeof DATA_PRESETS;
export const DATA_PRESET_NAMES = Object.keys(DATA_PRESETS) as DataPresetName[];
export const isDataPreset = (name: unknown): name is DataPresetName => typeof name === 'string' && Object.hasOwn(DATA_PRESETS, name);
export const dataPreset = (name: DataPresetName): DataPreset => DATA_PRESETS[name];

/** What a preset knows of its files, as wishes; what somebody chose goes before it. */
export function presetWishes(name: DataPresetName): Wishes {
  const { labels, read }: DataPreset = DATA_PRESETS[name];
  return { ...read, ...(labels && { label_names: labels }) };
}
