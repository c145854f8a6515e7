/**
 * LoRA on the q and v slices of GPT-2's fused layer, as loralib's MergedLinear adapts them. Two pairs on slices are one pair of twice the
 * rank on the whole layer whose B is zero outside its own slice: the same function, so the same gradients where both have one.
 */
import { expect, it } from 'vitest';
import { readRanges } from '../gpu/readback';
import '../kernels/testing/matcher';
import { normals } from '../kernels/testing/numbers';
import { initialValues } from '../model/initialValues';
import { parameterSpecs } from '../model/parameters';
import { type Tiny, tinyTrainer } from './testing/tinyTrainer';

const RANK = 3;
const HIDDEN = 16;
const names = (slice: string, part: string) => (layer: number) => `base_model.model.transformer.h.${layer}.attn.c_attn${slice}.${part}.weight`;
const [fusedA, fusedB] = [names('', 'lora_A'), names('', 'lora_B')];

/** Sets A (r,D) and B (D,r) of both slices, and of the whole layer the pair that is equal to them. */
async function setEqual(slices: Tiny, fused: Tiny): Promise<void> {
  const [ofSlices, ofFused] = await Promise.all([slices, fused].map(({ trainer: { options: { config, method, checkpoint } } }) => initialValues(config, method, parameterSpecs(config, method), checkpoint.tensors, 3)));
  for (let layer = 0; layer < 3; layer++) {
    const a = new Float32Array(2 * RANK * HIDDEN);
    const b = new Float32Array(3 * HIDDEN * 2 * RANK);
    ['.q', '.v'].forEach((slice, index) => {
      const ownA = normals(RANK * HIDDEN, 40 * layer + index);
      const ownB = normals(HIDDEN * RANK, 40 * layer + 20 + index).map((value) => value / 4);
      ofSlices.set(names(slice, 'lora_A')(layer), ownA);
      ofSlices.set(names(slice, 'lora_B')(layer), ownB);
      a.set(ownA, index * RANK * HIDDEN);
      ownB.forEach((value, i) => { b[place(index, Math.floor(i / RANK), i % RANK)] = value; });
    });
    ofFused.set(fusedA(layer), a);
    ofFused.set(fusedB(layer), b);
  }
  await slices.trainer.reset(ofSlices);
  await fused.trainer.reset(ofFused);
}

/** Where (row, column) of the B of q (0) or v (1) lies in the fused B (3D, 2r): q is the first third of the outputs, v the last. */
const place = (index: number, row: number, column: number) => (2 * index * HIDDEN + row) * 2 * RANK + index * RANK + column;

it.each(['software', 'gpu'] as const)('slices are the fused layer with zeros elsewhere, %s', async (profile) => {
  const dropout = { logits: { p: 0.2, pattern: 'column' }, hidden: { p: 0.2, pattern: 'element' } } as const;
  const made = (targets: ('q' | 'v' | 'qkv')[], factor: number) => tinyTrainer({ architecture: 'gpt2', problem: 'language_model', launch: { profile }, method: { targets, rank: RANK * factor, alpha: 6 * factor, dropout } });
  const [slices, fused] = [await made(['q', 'v'], 1), await made(['qkv'], 2)];
  await setEqual(slices, fused);
  const rows = [0, 3, 4];
  const ofSlices = await slices.gradients([slices.batch(rows)]);
  const ofFused = await fused.gradients([fused.batch(rows)]);
  for (let layer = 0; layer < 3; layer++) {
    const [a, b] = [ofFused.get(fusedA(layer))!, ofFused.get(fusedB(layer))!];
    ['.q', '.v'].forEach((slice, index) => {
      expect(ofSlices.get(names(slice, 'lora_A')(layer))!).toBeNear(a.slice(index * RANK * HIDDEN, (index + 1) * RANK * HIDDEN), 1e-5);
      const own = ofSlices.get(names(slice, 'lora_B')(layer))!;
      expect(own).toBeNear(own.map((_, i) => b[place(index, Math.floor(i / RANK), i % RANK)]), 1e-5);
    });
  }
  // The loss is the same too, and not nothing.
  const lossOf = async ({ trainer }: Tiny) => (await readRanges(trainer.options.gpu.device, [{ buffer: trainer.state.ring, bytes: 16 }]))[0][0];
  expect(await lossOf(slices)).toBeCloseTo(await lossOf(fused), 5);
  expect(await lossOf(slices)).toBeGreaterThan(0.5);
  for (const tiny of [slices, fused]) tiny.trainer.destroy();
});
