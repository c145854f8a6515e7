/**
 * Writes what the Python tools read, as JSON lines:
 *   node tools/pretrain/export-text.mjs pretraining OUT --model encoder|decoder|micro-encoder|micro-decoder --rows 400000 --seed 1
 *   node tools/pretrain/export-text.mjs tasks OUT --seeds 1,2,3 --rows 512 --noise 0
 * The generators are TypeScript; vite loads them as the page does.
 */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { readArguments, Refusal, runCommand } from '../command.mjs';
import { loadModule } from '../runtimes/vite.mjs';

/** The text of each model: its file here, and the function in it. */
const TEXTS = {
  encoder: ['pretraining-text', 'pretrainingDocument'],
  decoder: ['decoder-text', 'decoderDocument'],
  'micro-encoder': ['micro-encoder-text', 'microEncoderDocument'],
  'micro-decoder': ['micro-decoder-text', 'microDecoderDocument'],
};

function readOptions() {
  const { values, positionals: [what, out] } = readArguments({
    allowPositionals: true,
    options: {
      model: { type: 'string', default: 'encoder' },
      rows: { type: 'string', default: '512' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1,2,3' },
      noise: { type: 'string', default: '0' },
    },
  });
  if (!['pretraining', 'tasks'].includes(what) || !out) throw new Refusal(`what to write is missing or unknown (${what}); give "pretraining OUT" or "tasks OUT"`);
  if (!Object.hasOwn(TEXTS, values.model)) throw new Refusal(`no such model (${values.model}); give one of ${Object.keys(TEXTS).join(', ')} with --model`);
  return { ...values, what, out };
}

async function writePretraining({ model, rows, seed, out }) {
  const { CARRIERS } = await loadModule('/tools/pretrain/pretraining-text.ts');
  const [file, name] = TEXTS[model];
  const { [name]: document, carriers = CARRIERS } = await loadModule(`/tools/pretrain/${file}.ts`);
  const stream = createWriteStream(join(out, 'pretraining.jsonl'));
  for (let row = 0; row < Number(rows); row++)
    if (!stream.write(`${JSON.stringify(document(Number(seed), row))}\n`)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
  writeFileSync(join(out, 'carriers.json'), JSON.stringify(carriers));
}

async function writeTasks({ seeds, rows, noise, out }) {
  const { TASKS } = await loadModule('/src/data/tasks/index.ts');
  writeFileSync(join(out, 'tasks.json'), JSON.stringify(Object.values(TASKS).map(({ name, kind, metrics, labels }) => ({ name, kind, metrics, labels }))));
  for (const task of Object.values(TASKS))
    for (const seed of seeds.split(',').map(Number)) {
      const data = task.generate({ seed, trainRows: Number(rows), labelNoise: Number(noise) });
      writeFileSync(join(out, `${task.name}-${seed}.json`), JSON.stringify(data));
    }
}

await runCommand('export-text', async () => {
  const options = readOptions();
  mkdirSync(options.out, { recursive: true });
  await (options.what === 'pretraining' ? writePretraining(options) : writeTasks(options));
});
