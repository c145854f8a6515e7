// npm run import -- FILE [FILE …] --out FILE.json
// npm run import -- hub:org/name[@REVISION]|https://… [--config NAME] [--split NAME] --out FILE.json
//
// Reads tables as the page does (TSV, CSV, JSON Lines, JSON, Parquet, and .gz of each) and writes what was found in each: columns, labels, bad
// rows, and what is still to be asked. No GPU. docs/data.md has the words, and the options that replace what is found.
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled } from './install.mjs';
import { isFar, PRESETS, TABLE_OPTIONS, wishesOf } from './tableOptions.mjs';

const USAGE = 'write npm run import -- FILE [FILE …] --out FILE.json';
function readOptions() {
  const { values, positionals } = readArguments({ allowPositionals: true, options: { out: { type: 'string' }, config: { type: 'string' }, split: { type: 'string' }, preset: { type: 'string' }, ...TABLE_OPTIONS } });
  if (positionals.length === 0) throw new Refusal(`no file was named; ${USAGE}`);
  if (values.out === undefined) throw new Refusal(`--out is missing; ${USAGE}`);
  refuseUnlessOneOf('preset', values.preset, PRESETS);
  return { files: positionals, out: values.out, wishes: wishesOf(values), how: { configuration: values.config, split: values.split, preset: values.preset } };
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code}); check the path`);
  }
}

await runCommand('import', async () => {
  const { files, out, wishes, how } = readOptions();
  const contents = files.map((file) => (isFar(file) ? undefined : read(file)));
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const { importNamed } = await loadModule('/src/headless/importNamed.ts');
  const reports = [];
  for (const [index, file] of files.entries()) {
    const report = await importNamed(file, contents[index], wishes, how);
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
