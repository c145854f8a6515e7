// npm run score -- --hypotheses FILE --references FILE --out FILE.json
//
// Scores written texts: one hypothesis a line; references one a line, an empty line between groups (one reference a hypothesis where there is
// no empty line), as the scripts of the E2E challenge read them. No GPU. docs/metrics.md has what each number is.
import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments, Refusal, runCommand } from './command.mjs';
import { ensureInstalled } from './install.mjs';

function readOptions() {
  const { values } = readArguments({ options: { hypotheses: { type: 'string' }, references: { type: 'string' }, out: { type: 'string' } } });
  const missing = ['hypotheses', 'references', 'out'].find((name) => !values[name]);
  if (missing) throw new Refusal(`--${missing} is missing; write npm run score -- --hypotheses FILE --references FILE --out FILE.json`);
  return values;
}

function read(file) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw new Refusal(`${file} could not be read (${error.code ?? 'not UTF-8'}); check the path, and save it as UTF-8`);
  }
}

function write(file, content) {
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 1)}\n`);
  } catch (error) {
    throw new Refusal(`${file} could not be written (${error.code}); choose a folder that is there`);
  }
}

await runCommand('score', async () => {
  const { hypotheses, references, out } = readOptions();
  const texts = [read(hypotheses), read(references)];
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const module = await loadModule('/src/metrics/textScores.ts');
  const written = module.readWritten(...texts);
  const scores = module.textScores(written);
  write(out, { ...scores, texts: written.length, references: written.reduce((sum, one) => sum + one.references.length, 0), definitions: module.DEFINITIONS });
  console.log(Object.entries(scores).map(([name, score]) => `${name} ${score.toFixed(4)}`).join('  '));
});
