import { expect, it } from 'vitest';
import type { TableMapping } from '../config/tables';
import { DEFAULT_CONFIG } from '../config/config';
import { withTable } from '../config/presets';
import { importTable } from '../tables/importTable';
import { referenced } from './references';
import { dividedRows } from './tableRows';

const bytes = (text: string) => new TextEncoder().encode(text);
const examplesOf = async (name: string, text: string) => (await importTable(name, bytes(text))).examples;
const mapping: TableMapping = { kind: 'language_model', labels: [], files: { training: ['train'], test: ['test'] }, read: {}, split: { validation: 0.25, test: 0 }, rows: 8 };

it('rows with one prompt are one, with all their texts, as in files of E2E', async () => {
  const row = (name: string, text: string) => `"name[${name}], food[Thai]","${text}"\n`;
  const test = await examplesOf('test.csv', `mr,ref\n${row('Blue Spice', 'Blue Spice serves Thai food.')}${row('Blue Spice', 'A place for Thai food is Blue Spice.')}${row('Blue Spice', 'Blue Spice serves Thai food.')}${row('Zizzi', 'Zizzi has Thai food.')}`);
  const training = Array.from({ length: 8 }, (_, line) => ({ line, prompt_parts: [`name[${line}]`], target_text: `It is ${line}.` }));
  const rows = dividedRows({ training, test }, mapping, withTable(DEFAULT_CONFIG, 'local:e2e#0123456789abcdef', mapping, 6)).test;
  const found = new Map(referenced(rows).map(({ prompt, references, seen }) => [prompt, { references: [...references].sort(), seen }]));
  expect(Object.fromEntries(found)).toEqual({
    'name[Blue Spice], food[Thai]\n': { references: ['A place for Thai food is Blue Spice.', 'Blue Spice serves Thai food.'], seen: undefined },
    'name[Zizzi], food[Thai]\n': { references: ['Zizzi has Thai food.'], seen: undefined },
  });
});

it('a row may have several texts and a kind, as in files of WebNLG', async () => {
  const line = (id: number, category: string, lexes: string[]) => `${JSON.stringify({ id, category, triples: [[`Thing_${id}`, 'leader', `Person_${id}`]], refs: lexes.map((lex) => ({ lex, comment: 'good' })) })}\n`;
  const training = await examplesOf('train.jsonl', Array.from({ length: 8 }, (_, id) => line(id, 'Airport', [`Person ${id} leads thing ${id}.`])).join(''));
  const test = await examplesOf('test.jsonl', `${line(20, 'Airport', ['One.', 'Two.'])}${line(21, 'Athlete', ['Three.'])}${line(22, 'Airport', ['Four.', 'Five.', ' '])}`);
  const rows = dividedRows({ training, test }, mapping, withTable(DEFAULT_CONFIG, 'local:webnlg#0123456789abcdef', mapping, 6)).test;
  expect(referenced(rows).map(({ references, seen }) => [references, seen]).sort()).toEqual([[['Four.', 'Five.'], true], [['One.', 'Two.'], true], [['Three.'], false]]);
});
