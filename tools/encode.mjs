// npm run encode -- --model DIR --rows FILE.json --out FILE.json
//
// Turns rows [text, pair or null, greatest length] into arrays of token ids with the tokenizer of a folder, by the code that the page uses. No
// GPU. docs/tokenizers.md has the files that are read.
import { resolve } from 'node:path';
import { readArguments, readJson, Refusal, runCommand, writeJson } from './command.mjs';
import { ensureInstalled } from './install.mjs';

function readOptions() {
  const { values } = readArguments({ options: { model: { type: 'string' }, rows: { type: 'string' }, out: { type: 'string' } } });
  const missing = ['model', 'rows', 'out'].find((name) => !values[name]);
  if (missing) throw new Refusal(`--${missing} is missing; write npm run encode -- --model DIR --rows FILE.json --out FILE.json`);
  return values;
}

await runCommand('encode', async () => {
  const { model, rows, out } = readOptions();
  const parsed = readJson(rows, '[[text, pair or null, greatest length], …]');
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const ids = await (await loadModule('/src/headless/encode.ts')).encodeRows(resolve(model), parsed);
  writeJson(out, ids);
});
