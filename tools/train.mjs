// npm run train -- LINK [LINK …] [--out FILE] [--profile software|gpu] [--budget GIB]
// npm run train -- --model SOURCE --data TASK|FILE|FOLDER --out DIR [LINK] [--adapter DIR] [--weights last|best] [--merged] [--python]
//                  [--validation FILE] [--test FILE] [--rows N] [--config NAME] [--split NAME] [--preset SET] [how a table is read]
//
// Trains what each link describes (the part of the page's address after #; "" is the default run) with the page's own engine under Node, and
// prints how the losses went. --out writes the runs as JSON.
//
// With --model (a folder, a built-in model, org/name, an address) or --data (a task of the page, or a table) these take the place of what the link says, and --out
// is a folder: --adapter is what the run begins with. Written are the adapter as peft opens it, run.json, curves.csv, README.md, with --merged a model without an adapter, with --python a script that goes on in Python. docs/adapters.md, and docs/data.md for
// tables. --score-rows N|all|none (50) and --score-beams N say how a model that writes is scored: docs/metrics.md. Needs a Vulkan driver; on Linux that of an installed Chromium will do.
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, readBudget, Refusal, refuseUnlessOneOf, runCommand, writeFolder } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';
import { isFar, PRESETS, TABLE_OPTIONS, wishesOf } from './tableOptions.mjs';

const short = (value) => (Number.isFinite(value) ? value.toFixed(4) : 'not a number');

function print(run) {
  // What is not a number is no best point.
  const measured = run.evaluations.filter(({ heldOut }) => Number.isFinite(heldOut.loss));
  const best = measured.reduce((one, other) => (other.heldOut.loss < one.heldOut.loss ? other : one), measured[0]);
  const last = run.evaluations.at(-1);
  console.log(`\n${run.name}   (${run.device}, ${run.seconds.toFixed(1)} s)`);
  console.log('   step   training loss   held-out loss   held-out metric');
  for (const { step, train, heldOut } of run.evaluations) console.log(`${String(step).padStart(7)}${short(train.loss).padStart(16)}${short(heldOut.loss).padStart(16)}${short(heldOut.metric).padStart(18)}`);
  if (best) console.log(`best held-out loss ${short(best.heldOut.loss)} at step ${best.step}, ${short(last.heldOut.loss)} at the end (${(100 * (last.heldOut.loss / best.heldOut.loss - 1)).toFixed(0)} % above); test metric ${short(run.test.metric)}`);
}

function printScores({ prompts, of, options, before, after }) {
  console.log(`texts behind ${prompts.length} of ${of} test prompts, ${options.beams > 1 ? `${options.beams} beams` : 'always the most probable token'}, at most ${options.maxNewTokens} new tokens`);
  for (const [moment, { step, scores }] of Object.entries({ ...(before && { before }), after })) {
    for (const [group, values] of Object.entries(scores)) console.log(`   ${moment} (step ${step}), ${group}: ${Object.entries(values).map(([name, value]) => `${name} ${short(value)}`).join('  ')}`);
  }
}

const TASKS = ['sentiment', 'entailment', 'paraphrase', 'acceptability', 'answering', 'similarity', 'description', 'triples'];
const SCORED_ROWS = 50;
const CHOICES = { profile: ['software', 'gpu'], weights: ['last', 'best'], preset: PRESETS };

function readOptions() {
  const text = { type: 'string' };
  const { values, positionals: links } = readArguments({ allowPositionals: true, options: { out: text, profile: text, budget: text, model: text, data: text, adapter: text, weights: text, merged: { type: 'boolean' }, python: { type: 'boolean' }, validation: text, test: text, rows: text, 'score-rows': text, 'score-beams': text, config: text, split: text, preset: text, ...TABLE_OPTIONS } });
  for (const [name, choices] of Object.entries(CHOICES)) refuseUnlessOneOf(name, values[name], choices);
  if (values['score-rows'] !== undefined && !/^([1-9]\d*|all|none)$/.test(values['score-rows'])) throw new Refusal(`--score-rows ${values['score-rows']} is no number of test prompts; give 1 or more, all or none`);
  if (values['score-beams'] !== undefined && !(/^[1-9]\d?$/.test(values['score-beams']) && Number(values['score-beams']) <= 64)) throw new Refusal(`--score-beams ${values['score-beams']} is no number of beams; give 1 (no beam search) to 64`);
  const budget = readBudget(values.budget);
  const ofTable = ['validation', 'test', 'rows', 'config', 'split', 'preset', ...Object.keys(TABLE_OPTIONS)].find((name) => values[name] !== undefined);
  if (ofTable && values.data === undefined) throw new Refusal(`--${ofTable} says something of a table; give --data FILE`);
  if (values.data !== undefined && !TASKS.includes(values.data) && !existsSync(values.data) && !isFar(values.data)) throw new Refusal(`unknown data ${values.data}; choose ${TASKS.slice(0, -1).join(', ')} or ${TASKS.at(-1)}, or name a file on this machine, hub:org/name of the Hugging Face Hub, or the address of a file`);
  const exports = ['model', 'data', 'adapter'].some((name) => values[name] !== undefined);
  const idle = ['weights', 'merged', 'python'].find((name) => values[name] !== undefined && !exports);
  if (idle) throw new Refusal(`--${idle} says how an adapter is written; give --model SOURCE, --data TASK or --adapter DIR, and --out DIR`);
  const ofScores = ['score-rows', 'score-beams'].find((name) => values[name] !== undefined && !exports);
  if (ofScores) throw new Refusal(`--${ofScores} says how texts are scored, which goes into the folder of --out; give --model SOURCE, --data TASK or --adapter DIR, and --out DIR`);
  if (!exports) return { ...values, budget, links };
  if (!values.out) throw new Refusal('--out is missing; write npm run train -- --model SOURCE --data TASK --out DIR [LINK]');
  if (existsSync(values.out) && !statSync(values.out).isDirectory()) throw new Refusal(`--out ${values.out} is a file; give a folder, which is made where there is none`);
  if (links.length > 1) throw new Refusal(`${links.length} links were given; with --model, --data or --adapter one run is trained, give one link or none`);
  return { ...values, budget, links, exports };
}

const sayIgnored = ({ ignored }) => {
  if (ignored.length > 0) console.error(`train: not understood and left out of the link: ${ignored.join(', ')}`);
};

await runCommand('train', async () => {
  const { out, profile, budget, model, data, validation, test, rows, config: configuration, split, preset, adapter, weights = 'last', merged = false, python = false, 'score-rows': scoreRows = SCORED_ROWS, 'score-beams': scoreBeams = 1, links, exports, ...table } = readOptions();
  const named = data === undefined ? undefined : { data, validation, test, configuration, split, preset, rows: rows === undefined ? undefined : Number(rows), wishes: wishesOf(table) };
  ensureInstalled();
  const { openNode } = await import('./runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/train.ts');
  const headless = module.createHeadless({ gpu, models: join(root, 'public/models'), profile, budget });
  if (exports) {
    const { run, scores, files, notes } = await module.trainAndExport(headless, {
      models: join(root, 'public/models'), link: links[0] ?? '', model, named, adapter, weights, merged, python,
      scoredRows: scoreRows === 'none' ? undefined : scoreRows === 'all' ? 0 : Number(scoreRows), scoredBeams: Number(scoreBeams),
    });
    sayIgnored(run);
    for (const note of notes) console.log(note);
    print(run);
    if (scores) printScores(scores);
    await writeFolder(out, files);
    console.log(`wrote ${files.map(({ path }) => path).join(', ')}`);
    return;
  }
  const runs = [];
  for (const link of links.length > 0 ? links : ['']) {
    const run = await headless.run(link).catch((error) => { throw new Refusal(`${link || 'the default run'}: ${error.message}`); });
    runs.push(run);
    sayIgnored(run);
    print(run);
  }
  if (out) writeFileSync(out, `${JSON.stringify(runs, null, 1)}\n`);
});
