/** The engine under Deno, whose WebGPU is Firefox's (wgpu, naga), against PyTorch: few cases that need between them most kernels. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAll } from '../../tools/command.mjs';
import { type Runner, RUNTIMES } from '../../tools/parityRunners.mjs';
import { diskSource } from '../sources/disk';
import { readSafetensors } from '../model/files/safetensors';
import { compareOutcomes, type Distances, LIMITS, readGoldenCase } from '../reference/golden';

const CASES = join(import.meta.dirname, '../fixtures/golden');

/** Both kinds of model, every kind of tuning, loss and pattern; `bert-lora` has no rule, so inputs that nothing reads. */
const CHOSEN = ['bert-lora', 'bert-dora-lora-input', 'bert-adapter', 'bert-hiddenkey-jsd', 'roberta-regression-mse', 'gpt2-lm-prompt-hiddenkey', 'llama-lm-prefix-hiddenkey', 'qwen3-lm-spans'];

afterAll(closeAll);

describe.each(['software', 'gpu'] as const)('profile %s', (profile) => {
  let runner: Runner;
  beforeAll(async () => { runner = await RUNTIMES.deno({ cases: CASES, profile, adapter: 'any' }); });

  it.each(CHOSEN)('%s', async (name) => {
    const golden = await readGoldenCase(diskSource(join(CASES, name)));
    const { actual, tensors } = await runner.run(name);
    const outcome = { perStep: JSON.parse(actual), tensors: readSafetensors(new Uint8Array(tensors).buffer, name) };
    const distances = compareOutcomes(golden.expected, outcome, golden.file.batches[0].attention_mask);
    for (const [kind, limit] of Object.entries(LIMITS)) expect(distances[kind as keyof Distances], kind).toBeLessThan(limit);
  });
});
