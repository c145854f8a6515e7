// How a table is read otherwise than it is found: the options that every command on tables takes. docs/data.md lists them.
import { Refusal, refuseUnlessOneOf } from './command.mjs';

const text = { type: 'string' };
const several = { type: 'string', multiple: true };

/** The sets of the paper (src/config/dataPresets.ts). */
export const PRESETS = ['sst2', 'rte', 'mrpc', 'stsb', 'cola', 'qnli', 'e2e', 'webnlg'];

/** Data that lies elsewhere: a dataset of the Hub, or an address. */
export const isFar = (data) => /^(hub:|hf:|https?:\/\/)/.test(data);

/** For `readArguments`. */
export const TABLE_OPTIONS = {
  encoding: text, delimiter: text, quoting: text, header: text, text, text2: text, label: text, prompt: several, 'target-text': text, problem: text, target: text, 'no-label': several,
  'join-labels': text, 'join-cells': text, decimal: text,
};

/** Options → what the importer is told; what was not said is left to it. */
export function wishesOf({ delimiter, header, text2, 'target-text': target, 'no-label': none, 'join-labels': join, 'join-cells': cells, encoding, quoting, text, label, prompt, problem, target: as, decimal }) {
  refuseUnlessOneOf('quoting', quoting, ['literal', 'csv', 'backslash']);
  refuseUnlessOneOf('problem', problem, ['classification', 'regression', 'pairs', 'generation']);
  refuseUnlessOneOf('target', as, ['classes', 'number', 'text']);
  refuseUnlessOneOf('decimal sign', decimal, ['point', 'comma']);
  refuseUnlessOneOf('answer to --join-labels', join, ['yes', 'no']);
  refuseUnlessOneOf('answer to --join-cells', cells, ['yes', 'no']);
  const named = { tab: '\t', comma: ',', semicolon: ';', bar: '|', '\\t': '\t' };
  const line = Number(header);
  if (header !== undefined && !['yes', 'no'].includes(header) && !(Number.isInteger(line) && line > 0)) throw new Refusal(`--header ${header} is none; choose yes, no or the number of its line`);
  return Object.fromEntries(Object.entries({
    encoding, quoting, text, label, prompt, problem, target: as, decimal, delimiter: named[delimiter] ?? delimiter, header: header === undefined ? undefined : header === 'yes' ? true : header === 'no' ? false : line,
    text2: text2 === 'none' ? null : text2, target_text: target, no_label: none, join_labels: join && join === 'yes', join_cells: cells && cells === 'yes',
  }).filter(([, value]) => value !== undefined));
}

