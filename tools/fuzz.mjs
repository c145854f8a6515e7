// npm run fuzz -- --inputs 10000 --seed 1
//
// Damages files of models (safetensors, configurations, indexes of shards, tokenizers, adapters) and reads them as the page does. No GPU. Each input must be read
// or refused with a sentence: none may crash, hang, take memory beyond its budget, or let a number through that is none. docs/models.md has the counts.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, Refusal, runCommand } from './command.mjs';
import { ensureInstalled, root } from './install.mjs';

/** No input takes a second; a process that says nothing for this long hangs. */
const SILENCE_MS = 30_000;
/** Until the first input, the program is compiled. */
const START_MS = 300_000;
const MOST_HEAP_MB = 1024;

const numberOf = (name, text) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Refusal(`--${name} ${text} is no whole number; write npm run fuzz -- --inputs 10000 --seed 1`);
  return value;
};

const filesOf = (folder) => new Map(readdirSync(folder).filter((name) => /\.(json|safetensors|txt)$/.test(name)).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));

/** A model of each architecture, one of them in shards, and every tokenizer. */
function seedsOf() {
  const golden = join(root, 'src/fixtures/golden');
  const models = ['bert-full', 'roberta-output', 'distilbert-hiddenkey', 'gpt2-lm-hiddenkey', 'llama-classification', 'qwen2-lm', 'qwen3-lm-spans'];
  const seeds = new Map(models.map((name) => [name, filesOf(join(golden, name, 'model'))]));
  const whole = seeds.get('qwen2-lm');
  const shard = 'model-00001-of-00001.safetensors';
  const header = JSON.parse(new TextDecoder().decode(whole.get('model.safetensors').subarray(8, 8 + Number(new DataView(whole.get('model.safetensors').buffer).getBigUint64(0, true)))));
  const weightMap = Object.fromEntries(Object.keys(header).filter((name) => name !== '__metadata__').map((name) => [name, shard]));
  const sharded = new Map([...whole, [shard, whole.get('model.safetensors')], ['model.safetensors.index.json', new TextEncoder().encode(JSON.stringify({ metadata: {}, weight_map: weightMap }))]]);
  sharded.delete('model.safetensors');
  seeds.set('sharded', sharded);
  for (const name of readdirSync(join(root, 'public/models'))) seeds.set(name, filesOf(join(root, 'public/models', name)));
  return seeds;
}

/** In the child: runs inputs one after the other and tells of each. */
async function work({ from, inputs, seed }) {
  const { loadModule } = await import('./runtimes/vite.mjs');
  const [{ fuzzOne }, { withAdapters }] = await Promise.all(['fuzz', 'adapterSeeds'].map((name) => loadModule(`/src/headless/fuzz/${name}.ts`)));
  const options = { seeds: await withAdapters(seedsOf()), seed };
  const memory = () => process.memoryUsage.rss();
  for (let input = from; input < inputs; input++) {
    process.send({ begun: input });
    process.send(await fuzzOne(input, options, memory));
  }
}

/** Runs inputs from `from` on in a process of their own. @returns the input that took it down, undefined where none did */
function runFrom(from, inputs, seed, report) {
  return new Promise((resolve) => {
    const child = fork(import.meta.filename, ['--inputs', String(inputs), '--seed', String(seed)], { execArgv: [`--max-old-space-size=${MOST_HEAP_MB}`], env: { ...process.env, FUZZ_FROM: String(from) } });
    let current;
    let hung = false;
    let timer;
    const watch = (patience = SILENCE_MS) => {
      clearTimeout(timer);
      timer = setTimeout(() => { hung = true; child.kill('SIGKILL'); }, patience);
    };
    watch(START_MS);
    child.on('message', (message) => {
      watch();
      if ('begun' in message) current = message.begun;
      else {
        current = undefined;
        report(message);
      }
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (current !== undefined) report({ input: current, target: 'unknown', ending: hung ? 'slow' : 'crashed', words: hung ? `nothing for ${SILENCE_MS} ms` : `the process ended with ${code}` });
      resolve({ next: current === undefined ? undefined : current + 1, code });
    });
  });
}

await runCommand('fuzz', async () => {
  const { values } = readArguments({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } });
  const [inputs, seed] = [numberOf('inputs', values.inputs ?? '10000'), numberOf('seed', values.seed ?? '1')];
  if (process.env.FUZZ_FROM !== undefined) return work({ from: Number(process.env.FUZZ_FROM), inputs, seed });
  ensureInstalled();
  const counts = new Map();
  const kinds = new Set();
  const bad = [];
  const report = (outcome) => {
    const row = counts.get(outcome.target) ?? {};
    row[outcome.ending] = (row[outcome.ending] ?? 0) + 1;
    counts.set(outcome.target, row);
    if (outcome.kind) kinds.add(outcome.kind);
    if (!['read', 'refused'].includes(outcome.ending)) bad.push(outcome);
  };
  let from = 0;
  while (from !== undefined && from < inputs) {
    const { next, code } = await runFrom(from, inputs, seed, report);
    if (next === undefined && code !== 0) throw new Refusal(`the process that reads the inputs ended with ${code}; run it again`);
    from = next;
  }
  const endings = ['read', 'refused', 'crashed', 'slow', 'memory', 'let through'];
  console.log(`${'input'.padEnd(24)}${endings.map((ending) => ending.padStart(12)).join('')}`);
  for (const [target, row] of [...counts].sort()) console.log(`${target.padEnd(24)}${endings.map((ending) => String(row[ending] ?? 0).padStart(12)).join('')}`);
  console.log(`${inputs} inputs of seed ${seed}; ${kinds.size} different sentences`);
  for (const { input, target, ending, words } of bad.slice(0, 20)) console.log(`\n${target} ${input}, ${ending}: ${words}`);
  return bad.length > 0 ? 1 : 0;
});
