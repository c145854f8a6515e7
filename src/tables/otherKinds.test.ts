/** JSON in its shapes, Parquet, .gz, and files that are something else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Report } from '../protocol/tableMessages';
import { settled } from './openTable';
import { LABELS, SENTENCES, bytesOf, latin1, lines, read } from './testing/made';

const rows = SENTENCES.map((text, at) => ({ text, label: LABELS[at] }));
const csv = `text,label\n${lines((s, at) => `${s},${LABELS[at]}`)}`;
const jsonl = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const twelve: Partial<Report> = { rows: 12, rows_read: 12, label_counts: { neg: 6, pos: 6 } };
const turns = (...contents: unknown[]) => ({ messages: contents.map((content, at) => ({ role: ['user', 'assistant'][at % 2], content })) });

const JSONS: [string, string, string, Partial<Report>][] = [
  ['a table by columns', 'a.json', JSON.stringify({ text: { ...SENTENCES }, label: { ...LABELS } }), twelve],
  ['columns as lists', 'a.json', JSON.stringify({ text: SENTENCES, label: LABELS }), twelve],
  ['names and rows apart', 'a.json', JSON.stringify({ columns: ['text', 'label'], index: [...SENTENCES.keys()], data: rows.map(Object.values) }), twelve],
  ['rows by index', 'a.json', JSON.stringify(Object.fromEntries(rows.map((row, at) => [at, row]))), twelve],
  ['a schema and rows', 'a.json', JSON.stringify({ schema: { fields: [{ name: 'index' }, { name: 'text' }] }, data: rows.map((row, index) => ({ index, ...row })) }), { ...twelve, columns: { header_line: null, names: ['index', 'text', 'label'], text: 'text', label: 'label', ignored: ['index'] } }],
  ['arrays', 'a.json', JSON.stringify(rows.map(Object.values)), { ...twelve, columns: { header_line: null, names: [], text: 1, label: 2, ignored: [] } }],
  ['rows of a viewer', 'a.json', JSON.stringify({ features: [{ name: 'text' }], rows: rows.map((row, row_idx) => ({ row_idx, row, truncated_cells: [] })) }), twelve],
  ['objects over several lines', 'a.jsonl', rows.map((row) => `${JSON.stringify(row, null, 2)}\n`).join(''), { ...twelve, last: { line: 45, text: 'Noise until three', label: 'neg' } }],
  ['objects on one line', 'a.jsonl', rows.map((row) => JSON.stringify(row)).join(''), twelve],
  ['an array without its brackets', 'a.jsonl', rows.map((row) => `${JSON.stringify(row)},\r\n`).join(''), twelve],
  ['an array that is cut off', 'a.json', JSON.stringify(rows, null, 1).slice(0, -60), { rows: 10, rows_read: 11 }],
  ['an element without its brace', 'a.json', `[\n${rows.map((row, at) => (at === 3 ? '{"text": "x", "label": "y"' : JSON.stringify(row))).join(',\n')}\n]`, { rows: 11, rows_read: 12 }],
  ['lines under the name of a table', 'a.csv', jsonl(rows), twelve],
  ['a table under the name of lines', 'a.jsonl', csv, twelve],
  ['U+2028', 'a.jsonl', jsonl(rows.map((row) => ({ ...row, text: `${row.text}\u2028on` }))), twelve],
  ['a key that stands twice', 'a.jsonl', `{"text":"a b","label":"x","label":"y"}\n${jsonl(rows)}`, { rows: 12, rows_read: 13, bad_rows: [{ line: 1, reason: 'the key label stands twice in the object' }] }],
  ['objects within', 'a.jsonl', jsonl(rows.map(({ text, label }) => ({ data: { text, lang: 'en' }, meta: { label } }))), { ...twelve, columns: { header_line: null, names: ['data.text', 'data.lang', 'meta.label'], text: 'data.text', label: 'meta.label', ignored: ['data.lang'] } }],
  ['a label within', 'a.jsonl', jsonl(rows.map(({ text, label }) => ({ text, annotation: { label, by: 'A' } }))), { ...twelve, columns: { header_line: null, names: ['text', 'annotation.label', 'annotation.by'], text: 'text', label: 'annotation.label', ignored: ['annotation.by'] } }],
  ['labels that are numbers and text', 'a.jsonl', jsonl(rows.map(({ text }, at) => ({ text, label: at % 3 ? String(at % 2) : at % 2 }))), { rows: 12, labels: ['0', '1'] }],
  ['labels that are lists', 'a.jsonl', jsonl(rows.map(({ text, label }, at) => ({ text, label: at < 3 ? [label, 'x'] : [label] }))), { rows: 9, rows_read: 12 }],
  ['a column of gold labels, some without', 'a.jsonl', jsonl(rows.map(({ text }, at) => ({ gold_label: ['-', 'neutral', 'entailment'][at % 3], sentence1: text, sentence2: SENTENCES[11 - at] }))), { rows: 8, problem: 'pairs' }],
  ['facts and several references', 'a.jsonl', jsonl(rows.map(({ text }, at) => ({ triples: [['A', 'is', `B${at}`]], refs: [{ lex: text }, { lex: 'or so' }] }))), { problem: 'generation', first: { line: 1, prompt_parts: ['A | is | B0'], target_text: 'The soup was cold', references: ['The soup was cold', 'or so'] } }],
  ['instructions with a category', 'a.jsonl', jsonl(rows.map(({ text, label }, at) => ({ instruction: text, context: at % 2 ? 'C.' : '', response: SENTENCES[11 - at], category: label }))), { rows: 12, problem: 'generation', columns: { header_line: null, names: ['instruction', 'context', 'response', 'category'], prompt: ['instruction', 'context'], target_text: 'response', ignored: ['category'] } }],
  ['conversations', 'a.jsonl', jsonl([turns('Hi', 'Hello'), turns('Alone'), turns(), turns([{ type: 'text', text: 'Part' }], 'Yes'), turns('x', null)]), { rows: 2, rows_read: 5, problem: 'generation', first: { line: 1, messages: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }], prompt_parts: ['Hi'], target_text: 'Hello' } }],
  ['conversations by other names', 'a.json', JSON.stringify(rows.map(({ text }, id) => ({ id, conversations: [{ from: 'human', value: text }, { from: 'gpt', value: 'ok' }] }))), { rows: 12, problem: 'generation' }],
];

const said = turns('Is it "cold"?', "It's cold,\nyes").messages;
const python = `[{'role': 'user', 'content': 'Is it "cold"?'}, {'role': 'assistant', 'content': "It's cold,\\nyes"}]`;
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const three = (line: string) => line.repeat(3);
const [question, answer] = said;
const whole: Partial<Report> = { rows: 3, rows_read: 3, problem: 'generation', target: 'text', bad_rows: [], first: expect.objectContaining({ prompt_parts: ['Is it "cold"?'], target_text: "It's cold,\nyes", messages: said }) as Report['first'] };
const parts = (...content: unknown[]) => ({ messages: [{ role: 'user', content }, { role: 'assistant', content: 'Yes' }] });

const CONVERSATIONS: [string, string, string, Partial<Report>][] = [
  ['JSON in a cell', 'a.csv', `id,messages\n${three(`1,${cell(JSON.stringify(said))}\n`)}`, whole],
  ['JSON in a cell that is not wrapped', 'a.tsv', `id\tmessages\n${three(`1\t${JSON.stringify(said)}\n`)}`, whole],
  ['what Python prints', 'a.csv', `id,messages\n${three(`1,${cell(python)}\n`)}`, whole],
  ['what NumPy prints', 'a.csv', `id,messages\n${three(`1,${cell(python.replace('}, {', '}\n {'))}\n`)}`, whole],
  ['JSON as a text of JSON', 'a.jsonl', jsonl(Array(3).fill({ messages: JSON.stringify(said) })), whole],
  ['lists without a name', 'a.jsonl', jsonl([said, said, said]), whole],
  ['lists without a name in an array', 'a.json', JSON.stringify([said, said, said]), whole],
  ['under other keys', 'a.jsonl', jsonl(Array(3).fill({ id: 'a b', request: { body: { model: 'm', messages: said } } })), { ...whole, columns: expect.objectContaining({ prompt: ['request.body.messages'] }) as Report['columns'] }],
  ['by columns', 'a.jsonl', jsonl(Array(3).fill({ conversations: { from: ['human', 'gpt'], value: said.map(({ content }) => content) } })), whole],
  ['prompt and completion', 'a.jsonl', jsonl(Array(3).fill({ prompt: [question], completion: [answer] })), { ...whole, columns: { header_line: null, names: ['prompt', 'completion'], prompt: ['prompt'], target_text: 'completion', ignored: [] } }],
  ['prompt and completion as text in cells', 'a.csv', `prompt,completion\n${three(`${cell(JSON.stringify([question]))},${cell(JSON.stringify([answer]))}\n`)}`, whole],
  ['a prompt that is a text, and the better of two answers', 'a.jsonl', jsonl(Array(3).fill({ prompt: question.content, chosen: said, rejected: [question, { role: 'assistant', content: 'No' }] })), whole],
  ['a system text beside', 'a.jsonl', jsonl(Array(3).fill({ system: 'Be brief.', conversations: said })), { rows: 3, first: { line: 1, prompt_parts: ['Be brief.', 'Is it "cold"?'], target_text: "It's cold,\nyes", messages: [{ role: 'system', content: 'Be brief.' }, ...said] as never } }],
  ['contents in parts', 'a.jsonl', jsonl([parts({ type: 'text', text: 'One, ' }, { type: 'text', text: 'two' }), parts({ type: 'text', text: 'See' }, { type: 'image_url', image_url: { url: 'x' } })]), { rows: 1, first: expect.objectContaining({ prompt_parts: ['One, two'] }) as Report['first'], bad_rows: [{ line: 2, reason: 'message 1 (user) has a picture (image_url) as part 2 of its content, and only text can be learned' }] }],
  ['a cell that is cut off, and an empty one', 'a.csv', `id,messages\n${three(`1,${cell(JSON.stringify(said))}\n`)}2,${cell(JSON.stringify(said).slice(0, -4))}\n3,\n`, { rows: 3, rows_read: 5, bad_rows: [{ line: 5, reason: 'messages is a text that cannot be read as a list of messages' }, { line: 6, reason: 'no messages' }] }],
  ['a message a row', 'a.csv', `conversation_id,role,content\n${['x', 'y'].map((id) => `${id},user,${cell(question.content as string)}\n${id},assistant,${cell(answer.content as string)}\n`).join('')}`, { ...whole, rows: 2, rows_read: 2, questions: [expect.objectContaining({ readings: [expect.objectContaining({ rows: 2, problem: 'generation' }), expect.objectContaining({ rows: 4, problem: 'classification' })] })] as never }],
];

describe('conversations', () => {
  it.each(CONVERSATIONS)('%s', async (_, name, contents, expected) => {
    const first = await read(name, contents);
    expect(first.report).toMatchObject(expected);
    // And the same by what was found, as a link to the table reads it.
    expect((await read(name, contents, settled(first.report, {}))).examples).toEqual(first.examples);
  });

  it('in two parts say how many turns are given', async () => {
    const prompt = [...said, question];
    const { examples } = await read('a.jsonl', jsonl([{ prompt, completion: [answer] }, { prompt: [question], completion: said }]));
    expect(examples.map(({ prompt_turns: given, messages }) => [given, messages!.length])).toEqual([[3, 4], [undefined, 2]]);
  });
});

describe('JSON', () => {
  it.each(JSONS)('%s', async (_, name, contents, expected) => {
    expect((await read(name, contents)).report).toMatchObject(expected);
  });

  it('reads a row of five million characters', async () => {
    const { report } = await read('a.jsonl', jsonl([...rows, { text: 'word '.repeat(1_000_000), label: 'pos' }]));
    expect(report).toMatchObject({ rows: 13, last: { line: 13 } });
  });
});

describe('.gz', () => {
  const members = Buffer.concat([gzipSync(csv.slice(0, 90)), gzipSync(csv.slice(90, 91)), gzipSync(csv.slice(91))]);
  it.each<[string, Uint8Array, Partial<Report>]>([
    ['one member', gzipSync(csv), twelve],
    ['several members', members, twelve],
    ['zeros behind it', Buffer.concat([gzipSync(csv), Buffer.alloc(512)]), twelve],
    ['cut off', members.subarray(0, -20), { problem: 'refused' }],
    ['a wrong checksum', Buffer.concat([gzipSync(csv).subarray(0, -8), Buffer.from([1, 2, 3, 4, ...gzipSync(csv).subarray(-4)])]), { problem: 'refused', notes: ['The .gz is damaged: its contents do not fit its checksum. Download or compress it again.'] }],
  ])('%s', async (_, contents, expected) => {
    expect((await read('a.csv.gz', contents)).report).toMatchObject(expected);
  });
});

const parquet = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'messy', '34-zstd-int64.parquet'));

describe('what is no table', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'The file is empty'],
    ['blank lines', '\n \n', 'nothing but spaces'],
    ['a web page', '<!DOCTYPE html>\n<html><head><title>Sign in</title></head>a,b</html>', 'This is a web page ("Sign in")'],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n', 'stands for the real file of 12345 bytes'],
    ['a workbook', latin1('PK\x03\x04\x14\0\0\0\0\0xl/workbook.xml[Content_Types].xml'), 'This is an Excel workbook'],
    ['a zip', latin1('PK\x03\x04\x14\0\0\0\0\0data.csv'), 'This is a zip archive'],
    ['an old workbook', latin1('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0'), 'an old Excel'],
    ['a pickle', latin1('\x80\x04\x95\0\0'), 'Python pickle'],
    ['an error message', '{"error":"Invalid username or password."}', 'an error message in place of data'],
    ['another', 'Entry not found', "a server's error message"],
    ['zeros', new Uint8Array(200), 'nothing but zero bytes'],
    ['Parquet that is cut off', parquet.subarray(0, -30), 'The Parquet file is cut off'],
    ['Parquet that is damaged', Buffer.concat([parquet.subarray(0, 200), Buffer.alloc(200, 7), parquet.subarray(400)]), 'The Parquet file cannot be read'],
  ])('%s', async (_, contents, said) => {
    const { report } = await read('a.csv', contents);
    expect(report).toMatchObject({ rows: 0, problem: 'refused', target: 'none', notes: [expect.stringContaining(said)] });
  });

  it('a text that begins like one', async () => {
    expect((await read('a.csv', bytesOf(csv.replace('text,label', 'ORC text,label')))).report.rows).toBe(12);
  });
});
