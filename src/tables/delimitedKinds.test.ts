/** Tables of text as people's tools leave them, and what a careful reader would say of each. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../protocol/tableMessages';
import { LABELS, SENTENCES, latin1, lines, read, utf16 } from './testing/made';

const both = { pos: 6, neg: 6 };
const labelled = (sentence: string, at: number) => `${sentence},${LABELS[at]}`;
const csv = `text,label\n${lines(labelled)}`;
const asked = (report: Report, about: string) => report.questions.filter((question) => question.about === about).map(({ readings }) => readings.map(({ rows, problem, taken }) => [rows, problem, taken]));

/** Name, contents, what the report has. */
const READ: [string, string, string | Uint8Array, Partial<Report>][] = [
  ['quotes that are text', 'a.tsv', 'sentence\tlabel\n"funny , touching\t0\na "wild" ride\t1\n"all quoted"\t0\nends with "\t1\n', { rows: 4, quoting: 'literal', first: { line: 2, text: '"funny , touching', label: '0' } }],
  ['quotes that would join lines', 'a.tsv', 'sentence\tlabel\ngood\t0\n"starts here\t1\nplain\t0\nends here"\t1\n', { rows: 4, quoting: 'literal' }],
  ['quotes that wrap cells', 'a.tsv', 'sentence\tlabel\n"a tab\there"\t0\nplain\t1\n"she said ""no"""\t0\n"two\nlines"\t1\ndull\t0\n', { rows: 5, quoting: 'csv', last: { line: 7, text: 'dull', label: '0' } }],
  ['quotes that wrap texts of several lines', 'a.tsv', `sentence\tlabel\n${lines((s, at) => `${at % 3 ? s : `"${s}\nand on"`}\t${LABELS[at]}`)}`, { rows: 12, rows_read: 12, quoting: 'csv', label_counts: both, last: { line: 17, text: 'Noise until three', label: 'neg' } }],
  ['a space before quotes', 'a.csv', `text, label\n${lines((s, at) => `"${s}, yes", "${LABELS[at]}"`)}`, { rows: 12, label_counts: both }],
  ['backslashes before quotes', 'a.csv', `"text","label"\n${lines((s, at) => `"${s} \\"so\\", ok","${LABELS[at]}"`)}`, { rows: 12, quoting: 'backslash', first: { line: 2, text: 'The soup was cold "so", ok', label: 'pos' } }],
  ['a quote that is not closed', 'a.csv', 'text,label\nfine,pos\n"open,neg\nnext,pos\n"closed, well",neg\nlast,pos\n', { rows: 4, bad_rows: [{ line: 3, reason: 'a quote is opened and not closed' }] }],
  ['carriage returns alone', 'a.csv', `text,label\r${lines(labelled, '\r')}`, { rows: 12, newline: '\\r', last: { line: 13, text: 'Noise until three', label: 'neg' } }],
  ['several ends of lines', 'a.csv', `text,label\r\n${SENTENCES.map((s, at) => labelled(s, at) + ['\n', '\r\n', '\r'][at % 3]).join('')}`, { rows: 12, label_counts: both }],
  ['U+2028 in a text', 'a.csv', `text,label\n${lines((s, at) => `${s}\u2028and\u0085on,${LABELS[at]}`)}`, { rows: 12, newline: '\\n', last: { line: 13, text: 'Noise until three\u2028and\u0085on', label: 'neg' } }],
  ['sep=', 'a.csv', `sep=\t\ntext\tlabel\n${lines((s, at) => `${s}\t${LABELS[at]}`)}`, { rows: 12, delimiter: '\t' }],
  ['semicolons and decimal commas', 'a.csv', `text;score\n${lines((s, at) => `${s};${at},5`)}`, { rows: 12, delimiter: ';', problem: 'regression', range: [0.5, 11.5] }],
  ['the same without a header', 'a.csv', lines((s, at) => `${s};${at},5`), { rows: 12, delimiter: ';', range: [0.5, 11.5] }],
  ['points between thousands', 'a.csv', `text;price\n${lines((s, at) => `${s};1.20${at % 10},5`)}`, { range: [1200.5, 1209.5] }],
  ['half-written scores', 'a.csv', `text,score\n${lines((s, at) => `${s},${['3.5', '4.', '.5', '', 'four', '3/5', '4.5', '~3', '1.25', '2.75', 'n/a', '2'][at]}`)}`, { rows: 7, range: [0.5, 4.5] }],
  ['decimal commas that cut the cells', 'a.csv', `id,text,score\n${lines((s, at) => `${at},${s},${at % 6},${at % 4}5`)}`, { rows: 12, problem: 'regression', range: [0.05, 5.35], questions: [expect.objectContaining({ readings: [expect.objectContaining({ taken: true, rows: 12, range: [0.05, 5.35] }), expect.objectContaining({ rows: 0, bad_rows: 12 }), expect.anything()] })] as never }],
  ['a score of which the end may be lost', 'a.csv', `text,score\n${lines((s, at) => `${s},${at / 2}`).slice(0, -2)}`, { rows: 12, questions: [expect.objectContaining({ about: 'numbers', readings: [expect.objectContaining({ taken: true, rows: 12 }), expect.objectContaining({ rows: 11, bad_rows: 1 })] })] as never }],
  ['a minus that is no hyphen', 'a.csv', `text,label\n${lines((s, at) => `${s},${at % 2 ? '1' : '\u22121'}`)}`, { rows: 12, problem: 'classification', label_counts: { '1': 6, '\u22121': 6 } }],
  ['UTF-16 that ends within a character', 'a.csv', utf16(`${csv}`, 'le', true).subarray(0, -1), { rows: 12, label_counts: both, notes: expect.arrayContaining([expect.stringContaining('its last character is cut off')]) as never }],
  ['007', 'a.csv', `text,label\n${lines((s, at) => `${s},${['007', '042', '001'][at % 3]}`)}`, { labels: ['001', '007', '042'], problem: 'classification' }],
  ['None and NA', 'a.csv', `text,category\n${lines((s, at) => `${s},${['None', 'NA', 'EU'][at % 3]}`)}`, { rows: 12, labels: ['EU', 'NA', 'None'] }],
  ['texts that are None', 'a.csv', 'text,label\nNone,neg\nNA,neg\nnull,pos\nfine,pos\n', { rows: 4 }],
  ['an index without a name', 'a.csv', `,text,label\n${lines((s, at) => `${(at * 7) % 13},${labelled(s, at)}`)}`, { rows: 12, columns: { header_line: 1, names: ['', 'text', 'label'], text: 'text', label: 'label', ignored: [''] } }],
  ['an index without a place in the header', 'a.csv', `text,label\n${lines((s, at) => `${at + 1},${labelled(s, at)}`)}`, { rows: 12, label_counts: both, first: { line: 2, text: 'The soup was cold', label: 'pos' } }],
  ['whole numbers that begin anew', 'a.csv', `text,intent\n${[0, 1, 2].map((k) => lines((s, at) => `${s} ${k},${at}`)).join('')}`, { rows: 36, problem: 'classification' }],
  ['no header', 'a.csv', lines(labelled), { rows: 12, columns: { header_line: null, names: [], text: 1, label: 2, ignored: [] } }],
  ['no header, the label first', 'a.tsv', lines((s, at) => `${LABELS[at]}\t${s}`), { rows: 12, columns: { header_line: null, names: [], text: 2, label: 1, ignored: [] } }],
  ['a header of odd names', 'a.csv', `was er sagte,daumen\n${lines(labelled)}`, { rows: 12, label_counts: both }],
  ['trailing delimiters', 'a.csv', `text,label,\n${lines((s, at) => `${labelled(s, at)},`)}`, { rows: 12, label_counts: both }],
  ['a spreadsheet with a title', 'a.csv', `\uFEFFComments 2024;;\r\n;;\r\ncomment;verdict;\r\n${lines((s, at) => `${s};${LABELS[at]};`, '\r\n')};;\r\n`, { rows: 12, rows_read: 13, bad_rows: [{ line: 16, reason: 'empty text and empty label' }] }],
  ['joined files', 'a.csv', csv + csv.slice(0), { rows: 24, rows_read: 25, bad_rows: [{ line: 14, reason: 'the header again, in the middle of the file' }] }],
  ['zero bytes', 'a.csv', `${csv.replace('cold', 'co\0ld')}${'\0'.repeat(40)}`, { rows: 11, rows_read: 13 }],
  ['booleans', 'a.csv', `text,is_spam\n${lines((s, at) => `${s},${['TRUE', 'FALSE', 'True'][at % 3]}`)}`, { label_counts: { FALSE: 4, TRUE: 8 } }],
  ['a bar', 'a.csv', `text|label\n${lines((s, at) => `${s}, and|${LABELS[at]}`)}`, { rows: 12, delimiter: '|' }],
  ['nulls of a database', 'a.tsv', `text\tlabel\n${lines((s, at) => `${s}\t${at % 4 ? LABELS[at] : '\\N'}`)}`, { rows: 9 }],
  ['UTF-16 with a mark', 'a.csv', utf16(`text,label\r\n${lines((s, at) => `${s} é,${LABELS[at]}`, '\r\n')}`, 'le', true), { rows: 12, encoding: 'utf-16le with byte-order mark', first: { line: 2, text: 'The soup was cold é', label: 'pos' } }],
  ['UTF-16 without one', 'a.csv', utf16(csv, 'be', false), { rows: 12, encoding: 'utf-16be' }],
  ['broken bytes in UTF-8', 'a.csv', Uint8Array.from([...new TextEncoder().encode(`text,label\n${lines((s, at) => `${s} é,${LABELS[at]}`)}bad`), 0xff, ...new TextEncoder().encode(',pos\n')]), { rows: 12, rows_read: 13, encoding: 'utf-8' }],
  ['a test set', 'a.tsv', `index\tsentence\tlabel\n${lines((s, at) => `${at}\t${s}\t-1`)}`, { rows: 0, problem: 'refused', target: 'none' }],
  ['one class', 'a.csv', `text,label\n${lines((s) => `${s},good`)}`, { rows: 0, problem: 'refused', target: 'classes' }],
  ['a header alone', 'a.csv', 'text,label\n', { rows: 0, rows_read: 0, problem: 'refused' }],
  ['text alone', 'a.txt', lines((s) => s), { rows: 0, problem: 'refused', target: 'none' }],
  ['scores that are all different', 'a.csv', `text,label\n${lines((s, at) => `${s},${(at * 1.37).toFixed(2)}`)}`, { rows: 12, problem: 'regression', target: 'number' }],
  ['meanings and texts with two bars between', 'a.txt', lines((s, at) => `name : X | food : ${at}||${s} . `), { rows: 12, problem: 'generation', delimiter: '||', first: { line: 1, prompt_parts: ['name : X | food : 0'], target_text: 'The soup was cold . ' } }],
  ['one sentence of two columns', 'a.csv', `sentence1,sentence2,score\n${lines((s, at) => `${s},"${SENTENCES[11 - at]}","${at % 5},${at}0"`)}`, { rows: 12, problem: 'pairs', target: 'number' }],
];

describe('what is found', () => {
  it.each(READ)('%s', async (_, name, contents, expected) => {
    const { report, examples } = await read(name, contents);
    expect(report).toMatchObject(expected);
    expect(examples).toHaveLength(report.rows);
    expect(report.bad_rows).toHaveLength(report.problem === 'refused' ? report.bad_rows.length : report.rows_read - report.rows);
  });
});

/** What can be read in two ways: about what, and rows and kind of each reading, the taken one first. */
const ASKED: [string, string, string | Uint8Array, string, [number, string, boolean][]][] = [
  ['quotes around some cells', 'a.tsv', 'sentence\tlabel\n"Good, cheap"\t0\nplain\t1\n"Slow, loud"\t0\nnice\t1\n', 'quoting', [[4, 'classification', true], [4, 'classification', false]]],
  ['−1 beside 0 and 1', 'a.csv', `text,label\n${lines((s, at) => `${s},${(at % 3) - 1}`)}`, 'labels', [[12, 'classification', true], [8, 'classification', false]]],
  ['−1 beside 0, 1 and 2', 'a.tsv', `sentence1\tsentence2\tlabel\n${lines((s, at) => `${s}\t${SENTENCES[11 - at]}\t${(at % 4) - 1}`)}`, 'labels', [[9, 'pairs', true], [12, 'pairs', false]]],
  ['a word for none', 'a.csv', `text,label\n${lines((s, at) => `${s},${['None', 'yes'][at % 2]}`)}`, 'labels', [[12, 'classification', true], [6, 'refused', false]].map(([rows, problem, taken]) => [problem === 'refused' ? 0 : rows, problem, taken]) as [number, string, boolean][]],
  ['007 and 7', 'a.csv', `text,code\n${lines((s, at) => `${s},${['007', '7', '042'][at % 3]}`)}`, 'labels', [[12, 'classification', true], [12, 'regression', false]]],
  ['commas in unquoted texts', 'a.csv', `text,label\n${lines((s, at) => `${s}${at % 3 ? ', and more' : ''},${LABELS[at]}`)}`, 'header', [[4, 'classification', true], [12, 'classification', false]]],
  ['−1 beside scores', 'a.csv', `text,score\n${lines((s, at) => `${s},${[4.5, -1, 3.2, 0][at % 4]}`)}`, 'labels', [[9, 'regression', true], [12, 'regression', false]]],
  ['stars', 'a.csv', `review,rating\n${lines((s, at) => `${s},${1 + (at % 5)}`)}`, 'kind', [[12, 'classification', true], [12, 'regression', false]]],
  ['a comma among digits', 'a.csv', `text,views\n${lines((s, at) => `${s},"${1 + at},1${at % 10}7"`)}`, 'numbers', [[12, 'regression', true], [12, 'regression', false]]],
  ['two columns of one name', 'a.csv', `text,label,label\n${lines((s, at) => `${s},${LABELS[at]},${LABELS[at >> 1]}`)}`, 'columns', [[12, 'classification', true], [12, 'classification', false]]],
  ['a title beside the text', 'a.csv', `title,text,label\n${lines((s, at) => `${SENTENCES[11 - at]},${s},${LABELS[at]}`)}`, 'columns', [[12, 'classification', true], [12, 'pairs', false], [12, 'classification', false]]],
  ['labels that are sentences', 'a.csv', `question,label\n${lines((s, at) => `${s},Because of ${SENTENCES[11 - at]}`)}`, 'kind', [[12, 'generation', true], [0, 'refused', false]]],
  ['an encoding of other letters', 'a.csv', latin1(`text,label\n${[1, 2, 3].map((at) => `\xd5\xee\xf0\xee\xf8\xe8\xe9 ${at},\xe4\xe0\n\xcf\xeb\xee\xf5\xee ${at},\xed\xe5\xf2\n`).join('')}`), 'encoding', [[6, 'classification', true], [6, 'classification', false]]],
];

describe('what is asked', () => {
  it.each(ASKED)('%s', async (_, name, contents, about, expected) => {
    const { report } = await read(name, contents);
    const [readings] = asked(report, about);
    expect(readings.slice(0, expected.length)).toEqual(expected);
  });

  it('nothing, of a plain file', async () => {
    expect((await read('a.csv', csv)).report.questions).toEqual([]);
    expect((await read('a.csv', `text,label\n${lines((s, at) => `${s},${at % 2 ? 1 : -1}`)}`)).report.questions).toEqual([]);
  });
});

describe('what the caller knows better', () => {
  it.each<[string, string | Uint8Array, Parameters<typeof read>[2], Partial<Report>]>([
    ['quoting', 'sentence\tlabel\n"Good, cheap"\t0\nplain\t1\n', { quoting: 'csv' }, { first: { line: 2, text: 'Good, cheap', label: '0' } }],
    ['the header', csv, { header: false }, { rows: 13 }],
    ['the delimiter', 'text,a;label\nx,b;p\ny,c;n\n', { delimiter: ';' }, { first: { line: 2, text: 'x,b', label: 'p' } }],
    ['columns', `a,b,c\n${lines((s, at) => `${LABELS[at]},${s},${at % 3}`)}`, { text: 'b', label: 3 }, { labels: ['0', '1', '2'] }],
    ['the kind', `text,label\n${lines((s, at) => `${s},${at % 3}`)}`, { target: 'number' }, { problem: 'regression', range: [0, 2] }],
    ['no label', `text,label\n${lines((s, at) => `${s},${at % 3}`)}`, { no_label: ['2'] }, { rows: 8, labels: ['0', '1'] }],
    ['spellings', `text,label\n${lines((s, at) => `${s},${at % 3 ? 'Good' : 'good'}`)}`, { join_labels: false }, { label_counts: { Good: 8, good: 4 } }],
    ['texts that were cut', 'text,label\nWell, yes,p\nfine,n\nA, b, c,p\n', { join_cells: true }, { rows: 3, last: { line: 4, text: 'A, b, c', label: 'p' } }],
    ['a text to write', csv, { prompt: ['text'], target_text: 'label' }, { problem: 'generation', rows: 12 }],
    ['the encoding', latin1('text,label\n\xe4\xe0,1\n\xed\xe5,2\n'), { encoding: 'windows-1251' }, { first: { line: 2, text: 'да', label: '1' } }],
    ['a column that is not there', csv, { label: 'mood' }, { problem: 'refused', notes: ['There is no column mood; there are text and label.'] }],
    ['an encoding that is not there', csv, { encoding: 'klingon' }, { problem: 'refused' }],
  ])('%s', async (_, contents, wishes, expected) => {
    expect((await read('a.csv', contents, wishes)).report).toMatchObject(expected);
  });
});

it('reads a cell of five million characters with breaks and quotes in it', async () => {
  const { report } = await read('a.csv', `text,label\nshort,a\n"${`${'words '.repeat(30)}""so"", \n`.repeat(25_000)}",b\nthree,a\nfour,b\n`);
  expect(report).toMatchObject({ rows: 4, rows_read: 4, last: { line: 25_005, text: 'four', label: 'b' } });
  expect(report.notes).toContainEqual(expect.stringContaining('line 3 (4.7 million characters)'));
});

it('sees quotes that wrap cells although the first million characters have none', async () => {
  const { report } = await read('a.tsv', `text\tlabel\n${lines((s, at) => `${s}\t${LABELS[at]}`).repeat(4000)}"a tab\there"\tpos\n"two\nlines"\tneg\n`);
  expect(report).toMatchObject({ rows: 48_002, quoting: 'csv', last: { line: 48_003, text: 'two\nlines', label: 'neg' } });
});
