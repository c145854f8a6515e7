// npm run score -- --hypotheses FILE --references FILE --out FILE.json
//
// Scores written texts: one hypothesis a line; references one a line, an empty line between groups (one reference a hypothesis where there is
// no empty line), as the scripts of the E2E challenge read them. No GPU. docs/metrics.md has what each number is.
import './nodeVersion.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './install.mjs';

function refuse(sentence) {
  console.error(`score: ${sentence}`);
  process.exit(2);
}

function readArguments() {
  try {
    const { values } = parseArgs({ options: { hypotheses: { type: 'string' }, references: { type: 'string' }, out: { type: 'string' } } });
    const missing = ['hypotheses', 'references', 'out'].filter((name) => !values[name]);
    return missing.length > 0 ? refuse(`--${missing[0]} is missing; write npm run score -- --hypotheses FILE --references FILE --out FILE.json`) : values;
  } catch (error) {
    return refuse(error.message);
  }
}

function read(file) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return refuse(`${file} could not be read (${error.code ?? 'not UTF-8'}); check the path, and save it as UTF-8`);
  }
}

const { hypotheses, references, out } = readArguments();
const texts = [read(hypotheses), read(references)];
ensureInstalled();
const { openModule } = await import('./engineHost.mjs');
const { module, close } = await openModule('/src/metrics/textScores.ts');
try {
  const written = module.readWritten(...texts);
  const scores = module.textScores(written);
  writeFileSync(out, `${JSON.stringify({ ...scores, texts: written.length, references: written.reduce((sum, one) => sum + one.references.length, 0), definitions: module.DEFINITIONS }, null, 1)}\n`);
  console.log(Object.entries(scores).map(([name, score]) => `${name} ${score.toFixed(4)}`).join('  '));
} catch (error) {
  refuse(`${error.message}${error.code ? `; check ${out}` : ''}`);
} finally {
  await close();
}
