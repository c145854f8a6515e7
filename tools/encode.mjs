// npm run encode -- --model DIR --rows FILE.json --out FILE.json
//
// Turns rows [text, pair or null, greatest length] into arrays of token ids with the tokenizer of a folder, by the code that the page uses. No
// GPU. docs/tokenizers.md has the files that are read.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readArguments, Refusal, runCommand } from './command.mjs';
import { ensureInstalled } from './install.mjs';

function readOptions() {
  const { values } = readArguments({ options: { model: { type: 'string' }, rows: { type: 'string' }, out: { type: 'string' } } });
  const missing = ['model', 'rows', 'out'].find((name) => !values[name]);
  if (missing) throw new Refusal(`--${missing} is missing; write npm run encode -- --model DIR --rows FILE.json --out FILE.json`);
  return values;
}

function readRows(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code}); check the path`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${file} is not JSON (${error.message}); write [[text, pair or null, greatest length], …]`);
  }
}

await runCommand('encode', async () => {
  const { model, rows, out } = readOptions();
  const parsed = readRows(rows);
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const ids = await (await loadModule('/src/headless/encode.ts')).encodeRows(resolve(model), parsed);
  try {
    writeFileSync(out, `${JSON.stringify(ids)}\n`);
  } catch (error) {
    throw new Refusal(`${out} could not be written (${error.code}); choose a folder that is there`);
  }
});
