// npm run import -- FILE [FILE …] --out FILE.json
//
// Reads tables as the page does (TSV, CSV, JSON Lines, JSON, Parquet, and .gz of each) and writes what was found in each: columns, labels, bad
// rows, and what is still to be asked. No GPU. docs/data.md has the words, and the options that replace what is found.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readArguments, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled } from './install.mjs';

const USAGE = 'write npm run import -- FILE [FILE …] --out FILE.json';
const text = { type: 'string' };

function readOptions() {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      out: text, encoding: text, delimiter: text, quoting: text, header: text, text, text2: text, label: text, prompt: { type: 'string', multiple: true }, 'target-text': text,
      problem: text, target: text, 'no-label': { type: 'string', multiple: true }, 'join-labels': text, 'join-cells': text, decimal: text,
    },
  });
  if (positionals.length === 0) throw new Refusal(`no file was named; ${USAGE}`);
  if (values.out === undefined) throw new Refusal(`--out is missing; ${USAGE}`);
  refuseUnlessOneOf('quoting', values.quoting, ['literal', 'csv', 'backslash']);
  refuseUnlessOneOf('problem', values.problem, ['classification', 'regression', 'pairs', 'generation']);
  refuseUnlessOneOf('target', values.target, ['classes', 'number', 'text']);
  refuseUnlessOneOf('decimal sign', values.decimal, ['point', 'comma']);
  refuseUnlessOneOf('answer to --join-labels', values['join-labels'], ['yes', 'no']);
  refuseUnlessOneOf('answer to --join-cells', values['join-cells'], ['yes', 'no']);
  return { files: positionals, out: values.out, wishes: wishesOf(values) };
}

/** Options → what the importer is told; what was not said is left to it. */
function wishesOf({ out: _, delimiter, header, text2, 'target-text': target, 'no-label': none, 'join-labels': join, 'join-cells': cells, ...same }) {
  const named = { tab: '\t', comma: ',', semicolon: ';', bar: '|', '\\t': '\t' };
  const line = Number(header);
  if (header !== undefined && !['yes', 'no'].includes(header) && !(Number.isInteger(line) && line > 0)) throw new Refusal(`--header ${header} is none; choose yes, no or the number of its line`);
  return Object.fromEntries(Object.entries({
    ...same, delimiter: named[delimiter] ?? delimiter, header: header === undefined ? undefined : header === 'yes' ? true : header === 'no' ? false : line,
    text2: text2 === 'none' ? null : text2, target_text: target, no_label: none, join_labels: join && join === 'yes', join_cells: cells && cells === 'yes',
  }).filter(([, value]) => value !== undefined));
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code}); check the path`);
  }
}

await runCommand('import', async () => {
  const { files, out, wishes } = readOptions();
  const contents = files.map(read);
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const { importTable } = await loadModule('/src/tables/importTable.ts');
  const reports = [];
  for (const [index, file] of files.entries()) {
    const { report } = await importTable(basename(file), contents[index], wishes);
    reports.push(report);
    const questions = report.questions.length > 0 ? `, to be asked: ${report.questions.length}` : '';
    console.log(report.problem === 'refused' ? `${file}: refused. ${report.notes.at(-1)}` : `${file}: ${report.problem}, ${report.rows} of ${report.rows_read} rows${questions}`);
  }
  try {
    writeFileSync(out, `${JSON.stringify(files.length === 1 ? reports[0] : reports, null, 1)}\n`);
  } catch (error) {
    throw new Refusal(`${out} could not be written (${error.code}); choose a folder that is there`);
  }
});
