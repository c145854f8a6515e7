// npm run lengths -- FILE [FILE …] --model DIR [--max-length N] [--batch N] [--out FILE.json]
//
// What the rows of tables cost in tokens with the tokenizer of a folder: as long as they are, all as wide as the longest, and in the widths that a
// run's batches would have. No GPU. docs/data.md, "Lengths".
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readArguments, Refusal, runCommand, writeJson } from './command.mjs';
import { ensureInstalled } from './install.mjs';

const USAGE = 'write npm run lengths -- FILE --model DIR';

function readOptions() {
  const text = { type: 'string' };
  const { values, positionals } = readArguments({ allowPositionals: true, options: { model: text, 'max-length': text, batch: text, out: text } });
  if (positionals.length === 0) throw new Refusal(`no file was named; ${USAGE}`);
  if (!values.model) throw new Refusal(`--model is missing; ${USAGE}`);
  const whole = (name, otherwise) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (value !== otherwise && !(Number.isInteger(value) && value >= 1)) throw new Refusal(`--${name} ${values[name]} is no number of 1 or more; write a whole one`);
    return value;
  };
  return { files: positionals, model: values.model, out: values.out, maxLength: whole('max-length', Infinity), batchSize: whole('batch', 16) };
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code}); check the path`);
  }
}

await runCommand('lengths', async () => {
  const { files, model, out, maxLength, batchSize } = readOptions();
  const contents = files.map(read);
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const { measureLengths } = await loadModule('/src/headless/lengths.ts');
  const reports = [];
  for (const [index, file] of files.entries()) {
    const report = await measureLengths(basename(file), contents[index], resolve(model), { maxLength, batchSize });
    reports.push(report);
    const { rows, tokens, longest, cut, widths, rowsOfWidth, oneWidth, padding } = report;
    console.log(`${file}: ${rows} rows, ${tokens} tokens, the longest ${longest}${cut > 0 ? `, ${cut} rows cut` : ''}; one width ${oneWidth.toFixed(2)} times, widths ${widths.map((width, number) => `${width} (${rowsOfWidth[number]} rows)`).join(', ')} ${padding.toFixed(3)} times the real tokens`);
  }
  if (out) writeJson(out, reports);
});
