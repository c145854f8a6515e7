// node tools/weights/starts.mjs [--only METHOD] [--budget GIB]
//
// Seconds from Start until the first batch can be computed, for every method, all six targets at rank 8, on a made-up checkpoint of 500 MB with the sizes of roberta-base,
// read from disk on a software adapter; each in a process of its own. docs/models.md has the figures.
import { fork } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAtEnd, readArguments, readBudget, runCommand } from '../command.mjs';
import { ensureInstalled, root } from '../install.mjs';
import { CONFIG, makeCheckpoint } from './madeUp.mjs';

const TOKENIZER = join(root, 'public/models/nano-encoder');
const MB = 1e6;

/** In the child: one method, once. */
async function work(folder, method, budget) {
  const { openNode } = await import('../runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/measureStarts.ts', 'software');
  const answer = await module.measureStart(gpu, folder, method, budget).catch((error) => ({ refused: error.message }));
  // The run itself is nobody's business.
  process.send(answer, () => process.exit(0));
}

const runAlone = (folder, method, budget) => new Promise((resolve, reject) => {
  const child = fork(import.meta.filename, [], { env: { ...process.env, STARTS_FOLDER: folder, STARTS_METHOD: method, ...(budget && { STARTS_BUDGET: budget }) } });
  let answer;
  child.on('message', (message) => { answer = message; });
  child.on('exit', () => (answer ? resolve(answer) : reject(new Error(`${method}: the process ended without an answer`))));
});

await runCommand('starts', async () => {
  const { STARTS_FOLDER: given, STARTS_METHOD: method, STARTS_BUDGET } = process.env;
  if (given) return work(given, method, readBudget(STARTS_BUDGET));
  const { values: { only, budget } } = readArguments({ options: { only: { type: 'string' }, budget: { type: 'string' } } });
  ensureInstalled();
  const { loadModule } = await import('../runtimes/vite.mjs');
  const { bodyShapes } = await loadModule('/src/model/files/checkpointNames.ts');
  const { parseCheckpointConfig } = await loadModule('/src/model/files/checkpointConfig.ts');
  const { PEFT_KINDS } = await loadModule('/src/config/peft.ts');
  const folder = mkdtempSync(join(tmpdir(), 'starts-'));
  closeAtEnd(() => rmSync(folder, { recursive: true, force: true }));
  await makeCheckpoint(folder, bodyShapes(parseCheckpointConfig(JSON.stringify(CONFIG))));
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) copyFileSync(join(TOKENIZER, name), join(folder, name));
  console.log('method      started   on the device');
  for (const kind of PEFT_KINDS.filter((one) => only === undefined || one === only)) {
    const { seconds, bytes, refused } = await runAlone(folder, kind, budget);
    console.log(refused ?? `${kind.padEnd(10)}${`${seconds.toFixed(1)} s`.padStart(9)}${`${(bytes / MB).toFixed(0)} MB`.padStart(16)}`);
  }
});
