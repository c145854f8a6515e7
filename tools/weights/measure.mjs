// node tools/weights/measure.mjs
//
// Peak memory of JavaScript and time while a made-up RoBERTa of 500 MB (the sizes of roberta-base, float32) comes from disk to the device: piece by
// piece as every run does it, and whole as a comparison, each in a process of its own. docs/models.md has the figures.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAtEnd, readArguments, runCommand } from '../command.mjs';
import { ensureInstalled } from '../install.mjs';
import { watchHeap } from './heap.mjs';
import { CONFIG, makeCheckpoint } from './madeUp.mjs';

const ROUNDS = 2;
const MIB = 2 ** 20;

/** In the child: one way, once; the most that JavaScript held meanwhile, its arrays included. */
async function work(folder, way) {
  const { openNode } = await import('../runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/headless/measureWeights.ts', 'software');
  const heap = watchHeap();
  const { seconds, bytes } = await module.bringWeights(gpu, folder, way, heap.look);
  process.send({ seconds, bytes, above: heap.above() });
}

const runWay = (folder, way) => new Promise((resolve, reject) => {
  const child = fork(import.meta.filename, [], { execArgv: ['--expose-gc'], env: { ...process.env, MEASURE_FOLDER: folder, MEASURE_WAY: way } });
  let answer;
  child.on('message', (message) => { answer = message; });
  child.on('exit', () => (answer ? resolve(answer) : reject(new Error(`${way}: the process ended without an answer`))));
});

await runCommand('measure', async () => {
  const { MEASURE_FOLDER: given, MEASURE_WAY: way } = process.env;
  if (given) return work(given, way);
  readArguments({ options: {} });
  ensureInstalled();
  const { loadModule } = await import('../runtimes/vite.mjs');
  const { bodyShapes } = await loadModule('/src/model/files/checkpointNames.ts');
  const { parseCheckpointConfig } = await loadModule('/src/model/files/checkpointConfig.ts');
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  closeAtEnd(() => rmSync(folder, { recursive: true, force: true }));
  await makeCheckpoint(folder, bodyShapes(parseCheckpointConfig(JSON.stringify(CONFIG))));
  console.log('round  way       MB   seconds   most that JavaScript held, MiB');
  for (let round = 1; round <= ROUNDS; round++) {
    for (const one of ['pieces', 'whole']) {
      const { seconds, bytes, above } = await runWay(folder, one);
      console.log(`${String(round).padEnd(7)}${one.padEnd(8)}${(bytes / 1e6).toFixed(0).padStart(4)}${seconds.toFixed(2).padStart(10)}${(above / MIB).toFixed(0).padStart(12)}`);
    }
  }
});
