/** The sets of the paper as people have them, where they are at hand: counts, balance, first and last row. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTable } from './importTable';
import type { Report } from '../protocol/tableMessages';

const folder = process.env.REFERENCE_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

const entailment = (entailment: number, not_entailment: number) => ({ problem: 'pairs' as const, label_counts: { entailment, not_entailment } });
const ends = (text: string, line: number, last: string): Partial<Report> => ({ first: expect.objectContaining({ text: expect.stringMatching(new RegExp(`^${text}`)) }), last: expect.objectContaining({ line, text: expect.stringMatching(new RegExp(`^${last}`)) }) });
const written = (line: number, target: string): Partial<Report> => ({ problem: 'generation', target: 'text', last: expect.objectContaining({ line, target_text: expect.stringMatching(new RegExp(`^${target}`)) }) });

const SETS: [string, number, Partial<Report>][] = [
  ['glue/SST-2/train.tsv.gz', 67_349, { label_counts: { 0: 29_780, 1: 37_569 }, ...ends('hide new secretions', 67_350, 'this new jangle of noise') }],
  ['glue/SST-2/dev.tsv', 872, { label_counts: { 0: 428, 1: 444 }, ...ends("it 's a charming", 873, 'looking aristocratic') }],
  ['glue/RTE/train.tsv', 2490, { ...entailment(1249, 1241), ...ends('No Weapons of Mass', 2491, 'Turkey is unlikely') }],
  ['glue/RTE/dev.tsv', 277, { ...entailment(146, 131), ...ends('Dana Reeve', 278, 'Danny Kennedy') }],
  ['glue/MRPC/train.tsv', 3668, { problem: 'pairs', label_counts: { 0: 1194, 1: 2474 }, ...ends('Amrozi accused', 3669, 'The 30-year bond') }],
  ['glue/MRPC/dev.tsv', 408, { problem: 'pairs', label_counts: { 0: 129, 1: 279 }, encoding: 'utf-8 with byte-order mark', ...ends('He said the foodservice', 409, 'Ex-KGB agent') }],
  ['glue/STS-B/train.tsv', 5749, { problem: 'pairs', target: 'number', range: [0, 5], ...ends('A plane is taking off', 5750, 'Putin spokesman') }],
  ['glue/STS-B/dev.tsv', 1500, { problem: 'pairs', target: 'number', range: [0, 5], ...ends('A man with a hard hat', 1501, 'New video shows US') }],
  ['glue/CoLA/train.tsv', 8551, { label_counts: { 0: 2528, 1: 6023 }, columns: { header_line: null, names: [], text: 4, label: 2, ignored: [1, 3] }, ...ends('Our friends', 8551, 'What all did you get') }],
  ['glue/CoLA/dev.tsv', 1043, { label_counts: { 0: 322, 1: 721 }, ...ends('The sailors rode', 1043, 'John talked to Bill') }],
  ['glue/QNLI/train_subset9k.tsv.gz', 8999, { ...entailment(4523, 4476), ...ends('What sector has expanded', 9000, 'What was the headline') }],
  ['glue/QNLI/dev.tsv', 5463, { ...entailment(2702, 2761), ...ends('What came into force', 5464, 'Who discovered this') }],
  ['e2e/lora-format/train.txt.gz', 42_061, { delimiter: '||', ...written(42_061, 'Aromi is an English restaurant') }],
  ['e2e/lora-format/valid.txt', 4672, { delimiter: '||', ...written(4672, 'Wildwood is a moderately priced') }],
  ['e2e/testset_w_refs.csv', 4693, { quoting: 'csv', ...written(4694, 'There is a pub  called Zizzi') }],
  ['webnlg/train.compact.jsonl.gz', 6940, { first: expect.objectContaining({ prompt_parts: ['Aarhus_Airport | cityServed | "Aarhus, Denmark"'], references: [expect.any(String), expect.any(String)] }), problem: 'generation' }],
  ['webnlg/test.compact.jsonl.gz', 1862, written(1862, 'Alfredo Zitarrosa died in Montevideo')],
];

describe.skipIf(!existsSync(folder))('the sets of the paper', () => {
  it.each(SETS)('%s: %i rows', async (path, rows, expected) => {
    const { report, examples } = await importTable(path.split('/').at(-1)!, readFileSync(join(folder, path)));
    expect(report).toMatchObject({ rows, rows_read: rows, bad_rows: [], ...expected });
    expect(examples).toHaveLength(rows);
  });
});
