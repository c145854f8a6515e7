/** The engine against the float64 reference of the whole model: rules and shapes that no golden case has. */
import { describe, expect, it } from 'vitest';
import { runMade } from '../kernels/testing/cases';
import { type Launch, launchName } from '../kernels/testing/page';
import { EXTRA_CASES } from './extraCases';
import { compareOutcomes, type Distances } from './golden';
import { type CaseOptions, makeCase } from './makeCase';
import { referenceTrain } from './train';

/** Those of the golden comparison. */
const LIMITS: Distances = { loss: 1e-4, grad_norm: 1e-3, logits: 1e-4, grad: 1e-3, final: 2e-3, eval: 1e-3 };

async function holdAgainstReference(options: CaseOptions, launch: Launch): Promise<void> {
  const made = makeCase(options);
  const { steps, tensors } = await runMade(made, launch);
  const distances = compareOutcomes(referenceTrain(made.file, made.checkpoint, made.init), { perStep: steps, tensors });
  for (const [kind, limit] of Object.entries(LIMITS)) expect(distances[kind as keyof Distances], kind).toBeLessThan(limit);
}

it.each(EXTRA_CASES)('software: $name', async (options) => {
  await holdAgainstReference(options, { profile: 'software' });
});

/** One of each kind of rule, loss and odd shape: the profiles share everything but products and reductions. */
const SELECTION = [
  'weights-span-normalize', 'weights-element-normalize-heavy', 'logits-span-and-weights-span', 'inner-span-rescale', 'embedding-span-rescale', 'lora-rank-span',
  'every-position', 'js-paper-alpha', 'jsd-grad', 'mse-clean', 'kl-grad-smoothing', 'from-layer-lora_rank', 'odd-heads', 'one-token', 'no-token', 'one-head-wide', 'hard-clip', 'l1-hidden-key', 'neftune-kl',
  'accumulation-kl-grad', 'unscored-kl-grad', 'padding-in-the-text',
];

describe('gpu profile', () => {
  it.each(SELECTION)('%s', async (name) => {
    const options = EXTRA_CASES.find((one) => one.name === name);
    if (!options) throw new Error(`no extra case ${name}`);
    await holdAgainstReference(options, { profile: 'gpu' });
  });
});

describe('a device with default limits and no features', () => {
  it.each([{ profile: 'software', minimal: true }, { profile: 'gpu', minimal: true }] as Launch[])('%j', async (launch) => {
    expect(launchName(launch)).toContain('default limits');
    for (const name of ['every-position', 'odd-heads']) await holdAgainstReference(EXTRA_CASES.find((one) => one.name === name)!, launch);
  });
});
