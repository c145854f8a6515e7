// npm run study -- NAME|FILE [--seeds 1-5] [--shard I/N] [--out DIR] [--estimate] [--profile software|gpu]
// npm run study -- merge NAME|FILE [DIR …] [--out FILE.md]
// npm run study -- costs NAME|FILE [--profile software|gpu]
// npm run study -- theory [--draws N] [--seeds S] [--profile software|gpu] [--out FILE.md]
//
// Runs what a study (src/studies/experiments/NAME.json, or a file like it) asks for and is not yet in DIR (or in docs/studies, where results lie
// that were taken up), a JSON line a run; stopped, it goes on where it was. Studies with one DIR share their runs. Parts of a study share no state, so
// that a job array runs them. `merge` makes the tables from the lines of all folders, with --out a page and its picture. `costs` measures what a
// step of each variant costs beside the baseline's, in turns. `theory` measures DropAttention's gradient over a run beside what is predicted of it.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readArguments, readJson, Refusal, refuseUnlessOneOf, runCommand } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

const EXPERIMENTS = join(root, 'src/studies/experiments');
const COMMITTED = join(root, 'docs/studies');
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
function linesIn(readLines, folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith('.jsonl')).sort().flatMap((file) => {
    const { lines, bad } = readLines(readFileSync(join(folder, file), 'utf8'));
    if (bad > 0) console.error(`study: ${join(folder, file)} has ${bad === 1 ? 'a line that is' : `${bad} lines that are`} cut off or no result; ${bad === 1 ? 'its run is' : 'their runs are'} made again`);
    return lines;
  });
}

async function openHeadless(profile) {
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/runner.ts');
  return module.createHeadless({ gpu, models: join(root, 'public/models'), profile });
}

async function run({ readLines, lineOf, estimate, trialsOf, shardOf, answer }, study, { seeds, shard, out = 'studies', estimate: only, profile }) {
  const chosen = seeds === undefined ? study : { ...study, seeds: readSeeds(seeds) };
  const [number, of] = readShard(shard ?? '1/1');
  // The same run in two studies, or in two variants of one, is made once.
  const trials = shardOf([...new Map(trialsOf(chosen).map((trial) => [trial.link, trial])).values()], number, of);
  const lines = [...linesIn(readLines, out), ...linesIn(readLines, COMMITTED)];
  const there = new Set(lines.map(({ link }) => link));
  const waiting = trials.filter(({ link }) => !there.has(link));
  const seconds = estimate(waiting.map(({ link }) => link), lines);
  console.log(`${study.title}. ${study.question}\n${trials.length} runs, ${trials.length - waiting.length} of them there; ${waiting.length} to go, ${seconds === undefined ? 'the time is known after the first run' : `about ${minutes(seconds)} by the runs so far`}.`);
  if (only) return;
  if (waiting.length > 0) {
    const headless = await openHeadless(profile);
    mkdirSync(out, { recursive: true });
    const file = join(out, `${study.name}${of === 1 ? '' : `.${number}-of-${of}`}.jsonl`);
    for (const [index, { variant, on, rate, seed, link }] of waiting.entries()) {
      const line = lineOf(link, await headless.run(link).catch((error) => { throw new Refusal(`${variant}, seed ${seed}: ${error.message}`); }));
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      lines.push(line);
      console.log(`${index + 1} of ${waiting.length}: ${on && `${on}, `}${variant}${rate === undefined ? '' : ` at ${rate}`}, seed ${seed}: test ${line.test.metric.toFixed(4)}, ${line.seconds.toFixed(1)} s`);
    }
  }
  console.log(`\n${answer(chosen, lines)}`);
}

async function costs(study, { profile }) {
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/costs.ts');
  const ratios = await module.measureCosts({ gpu, models: join(root, 'public/models'), profile }, study, (variant, time, baseline) => console.log(`${variant}: ${time.toFixed(1)} ms a step, ${study.baseline} ${baseline.toFixed(1)} in the same turns`));
  console.log(`"costs": ${JSON.stringify(ratios)}`);
}

async function theory({ draws = '24', seeds = '1', profile, out }) {
  const [count, [seed]] = [Number(draws), readSeeds(seeds)];
  if (!Number.isInteger(count) || count < 2 || count > 10_000) throw new Refusal(`--draws ${draws} is no number of masks; write a whole number from 2 to 10000`);
  const { openNode } = await import('./runtimes/node.mjs');
  const { loadModule } = await import('./runtimes/vite.mjs');
  const { module, gpu } = await openNode('/src/headless/theory.ts');
  const [{ theoryPage, theoryPicture, theorySentences, theoryTable }, { linkOf }] = [await loadModule('/src/studies/theoryPage.ts'), await loadModule('/src/config/url.ts')];
  const { config, device, points } = await module.measureTheory({ gpu, models: join(root, 'public/models'), profile, draws: count, moments: 5, seed }, ({ step, p, spread }) => console.log(`step ${step}, p ${p}: noise ${spread.toFixed(3)} of the predicted spread`));
  console.log(`\n${theoryTable(points)}\n\n${theorySentences(points).join('\n')}`);
  if (!out) return;
  const picture = `${basename(out).replace(/\.md$/, '')}.svg`;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, theoryPage({ device, date: new Date().toISOString(), link: linkOf(config), seed, points }, picture));
  writeFileSync(join(dirname(out), picture), theoryPicture(points));
}

function merge({ readLines, resultsOf, tableOf, pageOf, pictureOf }, study, folders, out) {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new Refusal(`${missing} is not there; give the folders that --out named`);
  const lines = (folders.length > 0 ? folders : ['studies', COMMITTED]).flatMap((folder) => linesIn(readLines, folder));
  const result = resultsOf(study, lines);
  console.log(tableOf(study, result));
  if (!out) return;
  const picture = `${basename(out).replace(/\.md$/, '')}.svg`;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, pageOf(study, result, lines, picture));
  writeFileSync(join(dirname(out), picture), pictureOf(study, result, lines));
}

await runCommand('study', async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { seeds: { type: 'string' }, shard: { type: 'string' }, out: { type: 'string' }, estimate: { type: 'boolean' }, profile: { type: 'string' }, draws: { type: 'string' } },
  });
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  if (positionals[0] === 'theory' && positionals.length === 1) {
    ensureInstalled();
    return theory(values);
  }
  const verb = ['merge', 'costs'].includes(positionals[0]) ? positionals[0] : 'run';
  const [name, ...folders] = verb === 'run' ? positionals : positionals.slice(1);
  if (name === undefined || (verb !== 'merge' && folders.length > 0)) throw new Refusal('write NAME or FILE of one study, costs NAME, or merge NAME [DIR …]');
  ensureInstalled();
  const { loadModule } = await import('./runtimes/vite.mjs');
  const parts = await Promise.all(['study', 'lines', 'results', 'report', 'picture'].map((part) => loadModule(`/src/studies/${part}.ts`)));
  const studies = Object.assign({}, ...parts);
  const file = fileOf(name);
  const study = studies.readStudy(readJson(file, 'a study, see docs/studies.md'), basename(file));
  if (verb === 'costs') return costs(study, values);
  if (verb === 'merge') return merge(studies, study, folders, values.out);
  return run({ ...studies, answer: (chosen, lines) => studies.tableOf(chosen, studies.resultsOf(chosen, lines)) }, study, values);
});
