// npm run study -- NAME|FILE [--seeds 1-5] [--shard I/N] [--out DIR] [--estimate] [--profile software|gpu]
// npm run study -- merge NAME|FILE DIR [DIR …] [--out FILE.md]
//
// Runs what a study (src/studies/experiments/NAME.json, or a file like it) asks for and is not yet in DIR, a JSON line a run; stopped, it goes
// on where it was. Parts of a study share no state, so that a job array runs them. `merge` makes the tables from the lines of all folders.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readArguments, readJson, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

const EXPERIMENTS = join(root, 'src/studies/experiments');
const minutes = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`);

function fileOf(name) {
  const known = readdirSync(EXPERIMENTS).map((file) => basename(file, '.json'));
  if (known.includes(name)) return join(EXPERIMENTS, `${name}.json`);
  if (existsSync(name)) return name;
  throw new Refusal(`${name} is neither a file nor one of the studies that come along (${known.join(', ')})`);
}

/** `1-5,8` → seeds. */
function readSeeds(text) {
  const seeds = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first) || Number(last) - Number(first) > 999) throw new Refusal(`--seeds ${text} is no list of seeds; write them as 1-5 or 1,2,7`);
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
  return [...new Set(seeds)];
}

function readShard(text) {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (number === undefined || Number(number) < 1 || Number(number) > Number(of)) throw new Refusal(`--shard ${text} is no part of a study; write I/N, from 1/N to N/N`);
  return [Number(number), Number(of)];
}

/** The lines of all result files in a folder; one that was cut off in the middle of being written is left out, and its run is made again. */
function linesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith('.jsonl')).sort().flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').flatMap((line) => {
    try {
      // JSON has no NaN: what was none was written as null.
      return line === '' ? [] : [JSON.parse(line, (_, value) => (value === null ? Number.NaN : value))];
    } catch {
      console.error(`study: ${join(folder, file)} has a line that is cut off; its run is made again`);
      return [];
    }
  }));
}

/** Says what is to be done, from the time that runs of this study took so far. */
function sayEstimate({ title, question }, trials, waiting, lines) {
  const links = new Set(trials.map(({ link }) => link));
  const times = lines.filter(({ link }) => links.has(link)).map(({ seconds }) => seconds);
  const mean = times.reduce((sum, seconds) => sum + seconds, 0) / times.length;
  const left = times.length > 0 ? `about ${minutes(mean * waiting.length)} at ${mean.toFixed(1)} s a run so far` : 'the time is known after the first run';
  console.log(`${title}. ${question}\n${trials.length} runs, ${trials.length - waiting.length} of them there; ${waiting.length} to go, ${left}.`);
}

async function run({ study, trialsOf, shardOf, resultsOf, tableOf }, { seeds, shard, out, estimate, profile }) {
  const chosen = seeds === undefined ? study : { ...study, seeds: readSeeds(seeds) };
  const [number, of] = readShard(shard ?? '1/1');
  const folder = out ?? join('studies', study.name);
  const trials = shardOf(trialsOf(chosen), number, of);
  const lines = linesIn(folder);
  const there = new Set(lines.map(({ link }) => link));
  const waiting = trials.filter(({ link }) => !there.has(link));
  sayEstimate(study, trials, waiting, lines);
  if (estimate) return;
  if (waiting.length > 0) {
    const { openNode } = await import('./runtimes/node.mjs');
    const { module, gpu } = await openNode('/src/headless/runner.ts');
    const headless = module.createHeadless({ gpu, models: join(root, 'public/models'), profile });
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${study.name}.${number}-of-${of}.jsonl`);
    for (const [index, { variant, rate, seed, link }] of waiting.entries()) {
      const { device, seconds, evaluations, test } = await headless.run(link).catch((error) => { throw new Refusal(`${variant}, seed ${seed}: ${error.message}`); });
      const line = { link, device, date: new Date().toISOString(), seconds, evaluations: evaluations.map(({ step, heldOut, train }) => ({ step, heldOut, train })), test };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      lines.push(line);
      console.log(`${index + 1} of ${waiting.length}: ${variant}${rate === undefined ? '' : ` at ${rate}`}, seed ${seed}: test ${test.metric.toFixed(4)}, ${seconds.toFixed(1)} s`);
    }
  }
  console.log(`\n${tableOf(chosen, resultsOf(chosen, lines))}`);
}

await runCommand('study', async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { seeds: { type: 'string' }, shard: { type: 'string' }, out: { type: 'string' }, estimate: { type: 'boolean' }, profile: { type: 'string' } },
  });
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  const merging = positionals[0] === 'merge';
  const [name, ...folders] = merging ? positionals.slice(1) : positionals;
  if (name === undefined || (merging ? folders.length === 0 : folders.length > 0)) throw new Refusal('write NAME or FILE of one study, or merge NAME DIR …');
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const { readStudy, trialsOf, shardOf } = await loadModule('/src/studies/study.ts');
  const { resultsOf, tableOf } = await loadModule('/src/studies/results.ts');
  const file = fileOf(name);
  const study = readStudy(readJson(file, 'a study, see docs/studies.md'), basename(file));
  if (!merging) return run({ study, trialsOf, shardOf, resultsOf, tableOf }, values);
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new Refusal(`${missing} is not there; give the folders that --out named`);
  const table = tableOf(study, resultsOf(study, folders.flatMap(linesIn)));
  console.log(table);
  if (values.out) {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, `# ${study.title}\n\n${study.question}\n\n${table}\n`);
  }
});
