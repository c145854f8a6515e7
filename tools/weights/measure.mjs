// node tools/weights/measure.mjs
//
// Peak memory of JavaScript and time while a made-up RoBERTa of 500 MB (the sizes of roberta-base, float32) comes from disk to the device: piece by
// piece as every run does it, and whole as a comparison, each in a process of its own. docs/models.md has the figures.
import { fork } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAtEnd, readArguments, runCommand } from '../command.mjs';
import { ensureInstalled } from '../install.mjs';
import { watchHeap } from './heap.mjs';

const CONFIG = {
  model_type: 'roberta', architectures: ['RobertaForMaskedLM'], vocab_size: 50265, hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072,
  max_position_embeddings: 514, type_vocab_size: 1, pad_token_id: 1, hidden_act: 'gelu', layer_norm_eps: 1e-5,
};
const ROUNDS = 2;
const MIB = 2 ** 20;

/** Writes config.json and model.safetensors of made-up numbers, without holding them. */
async function makeCheckpoint(folder, shapes) {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
  let size = 0;
  const header = {};
  for (const [name, shape] of shapes) {
    const bytes = 4 * shape.reduce((product, extent) => product * extent, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + bytes] };
    size += bytes;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const out = createWriteStream(join(folder, 'model.safetensors'));
  out.write(length);
  out.write(json);
  const block = Buffer.from(Float32Array.from({ length: MIB }, (_, i) => 0.05 * Math.sin(i * 1.7)).buffer);
  for (let left = size; left > 0; left -= block.length) if (!out.write(block.subarray(0, Math.min(left, block.length)))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

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
