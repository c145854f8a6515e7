/**
 * Writes what the Python tools read, as JSON lines:
 *   node tools/pretrain/export-text.mjs pretraining OUT --model encoder --rows 400000 --seed 1
 *   node tools/pretrain/export-text.mjs tasks OUT --seeds 1,2,3 --rows 512 --noise 0
 * The generators are TypeScript; vite loads them as the page does.
 */
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'encoder' },
    rows: { type: 'string', default: '512' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1,2,3' },
    noise: { type: 'string', default: '0' },
  },
});
const [what, out] = positionals;
if (!['pretraining', 'tasks'].includes(what) || !out) {
  console.error(`export-text: what to write is missing or unknown (${what}); give "pretraining OUT" or "tasks OUT".`);
  process.exit(2);
}
if (!['encoder', 'decoder'].includes(values.model)) {
  console.error(`export-text: no such model (${values.model}); give --model encoder or --model decoder.`);
  process.exit(2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const server = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, ws: false },
});

async function writePretraining() {
  const { CARRIERS, pretrainingDocument } = await server.ssrLoadModule('/tools/pretrain/pretraining-text.ts');
  const { decoderDocument } = await server.ssrLoadModule('/tools/pretrain/decoder-text.ts');
  const document = values.model === 'decoder' ? decoderDocument : pretrainingDocument;
  const stream = createWriteStream(join(out, 'pretraining.jsonl'));
  for (let row = 0; row < Number(values.rows); row++)
    if (!stream.write(`${JSON.stringify(document(Number(values.seed), row))}\n`)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
  writeFileSync(join(out, 'carriers.json'), JSON.stringify(CARRIERS));
}

async function writeTasks() {
  const { TASKS } = await server.ssrLoadModule('/src/data/tasks/index.ts');
  for (const task of Object.values(TASKS))
    for (const seed of values.seeds.split(',').map(Number)) {
      const data = task.generate({ seed, trainRows: Number(values.rows), labelNoise: Number(values.noise) });
      writeFileSync(join(out, `${task.name}-${seed}.json`), JSON.stringify(data));
    }
}

mkdirSync(out, { recursive: true });
await (what === 'pretraining' ? writePretraining() : writeTasks());
await server.close();
