/** The referee itself is held against PyTorch: golden cases that together have every position, pattern, compensation and loss. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diskSource } from '../sources/disk';
import { compareOutcomes, readGoldenCase } from './golden';
import { referenceTrain } from './train';

/** Another folder of cases can be named, to hold the referee against all of them. */
const root = process.env.GOLDEN_CASES ?? fileURLToPath(new URL('../fixtures/golden', import.meta.url));

const names = readdirSync(root).filter((name) => {
  const { arch, method } = JSON.parse(readFileSync(`${root}/${name}/case.json`, 'utf8'));
  return ['bert', 'roberta'].includes(arch) && method.peft === 'lora';
});

describe('float64 reference against the golden cases', () => {
  it.each(names)('%s', async (name) => {
    const golden = await readGoldenCase(diskSource(`${root}/${name}`));
    const distances = compareOutcomes(golden.expected, referenceTrain(golden.file, golden.checkpoint, golden.init));
    if (process.env.GOLDEN_CASES) console.log(name, JSON.stringify(distances));
    // The per-step figures are float64 on both sides, the tensors were stored as float32.
    expect(distances.loss).toBeLessThan(1e-10);
    expect(distances.grad_norm).toBeLessThan(1e-10);
    for (const kind of ['logits', 'grad', 'final', 'eval'] as const) expect(distances[kind]).toBeLessThan(1e-6);
  });
});
