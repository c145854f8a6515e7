// npm run encode -- --model DIR --rows FILE.json --out FILE.json
//
// Turns rows [text, pair or null, greatest length] into arrays of token ids with the tokenizer of a folder, by the code that the page uses. No
// GPU. docs/tokenizers.md has the files that are read.
import './nodeVersion.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './install.mjs';

function refuse(sentence) {
  console.error(`encode: ${sentence}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({ options: { model: { type: 'string' }, rows: { type: 'string' }, out: { type: 'string' } } });
    const missing = ['model', 'rows', 'out'].filter((name) => !values[name]);
    return missing.length > 0 ? refuse(`--${missing[0]} is missing; write npm run encode -- --model DIR --rows FILE.json --out FILE.json`) : values;
  } catch (error) {
    return refuse(error.message);
  }
}

function readRows(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(`${file} could not be read (${error.code}); check the path`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`${file} is not JSON (${error.message}); write [[text, pair or null, greatest length], …]`);
  }
}

const { model, rows, out } = readArguments();
const parsed = readRows(rows);
ensureInstalled();
const { openModule } = await import('./engineHost.mjs');
const { module, close } = await openModule('/src/headless/encode.ts');
const ids = await module.encodeRows(resolve(model), parsed).catch((error) => refuse(error.message));
try {
  writeFileSync(out, `${JSON.stringify(ids)}\n`);
} catch (error) {
  refuse(`${out} could not be written (${error.code}); choose a folder that is there`);
}
await close();
