/** The two passes of a consistency loss as one doubled batch and one after the other; rules with a rate of 0. */
import { describe, expect, it } from 'vitest';
import { SECOND_PASSES } from '../config/dropout';
import { runMade } from '../kernels/testing/cases';
import '../kernels/testing/matcher';
import type { Launch } from '../kernels/testing/page';
import { compareOutcomes } from '../reference/golden';
import { type CaseOptions, makeCase } from '../reference/makeCase';

const rules: CaseOptions['dropout'] = {
  logits: { p: 0.2, pattern: 'column' }, weights: { p: 0.1, pattern: 'element' }, hidden: { p: 0.2, pattern: 'element' }, ffn_inner: { p: 0.2, pattern: 'span' },
  embedding: { p: 0.1, pattern: 'column' }, output: { p: 0.1, pattern: 'element' }, lora_input: { p: 0.2, pattern: 'element' }, lora_rank: { p: 0.2, pattern: 'column' },
};

describe.each([{ profile: 'software' }, { profile: 'gpu' }] as Launch[])('doubled and sequential passes, $profile', (launch) => {
  describe.each(['kl', 'jsd', 'js_paper', 'mse'] as const)('%s', (kind) => {
    it.each(kind === 'js_paper' ? ['clean_stopgrad' as const] : SECOND_PASSES)('%s', async (second) => {
      const made = makeCase({ dropout: rules, consistency: { kind, alpha: 0.7, second }, problem: kind === 'mse' ? 'regression' : 'classification', targets: ['q', 'v', 'down'], steps: 2, seed: 5 });
      const doubled = await runMade(made, launch, { passes: 'doubled' });
      const sequential = await runMade(made, launch, { passes: 'sequential' });
      // The same masks and the same order of every sum: the same bits. A clean pass by itself has no mask between a layer and its branch, so a GPU adds both up in one sum there.
      const isOtherSum = launch.profile === 'gpu' && second === 'clean_stopgrad';
      for (const name of ['step0.logits', 'step0.logits.branch1']) {
        const [one, other] = [sequential.tensors.get(name)!.values, doubled.tensors.get(name)!.values];
        if (isOtherSum && name.endsWith('branch1')) expect(one).toBeNear(other, 1e-5);
        else expect(one).toBeBitEqual(other);
      }
      // The passes really differ.
      expect(doubled.tensors.get('step0.logits')!.values).not.toEqual(doubled.tensors.get('step0.logits.branch1')!.values);
      const distances = compareOutcomes({ perStep: doubled.steps, tensors: doubled.tensors }, { perStep: sequential.steps, tensors: sequential.tensors });
      // A squared difference goes by what two near outputs are apart, which makes much of the rounding of either.
      const limit = isOtherSum && kind === 'mse' ? 1e-4 : 1e-5;
      for (const [name, far] of Object.entries(distances)) expect(far, name).toBeLessThan(limit);
    });
  });
});

describe('a rate of 0 at every position', () => {
  it.each(['element', 'column', 'span'] as const)('trains bit for bit as no rules, pattern %s', async (pattern) => {
    const all = ['logits', 'weights', 'hidden', 'ffn_inner', 'embedding', 'lora_input', 'lora_rank'] as const;
    const none: CaseOptions = { targets: ['q', 'k', 'v', 'o', 'up', 'down'], seed: 6 };
    const plain = await runMade(makeCase(none), {});
    const zero = Object.fromEntries([...all.map((position) => [position, { p: 0, pattern }]), ['output', { p: 0, pattern: 'element' }]]);
    const masked = await runMade(makeCase({ ...none, dropout: zero }), {});
    expect(masked.steps).toEqual(plain.steps);
    for (const [name, { values }] of plain.tensors) expect(masked.tensors.get(name)!.values, name).toBeBitEqual(values);
  });

  it.each(['normalize', 'rescale', 'none'] as const)('at the weights, %s', async (compensation) => {
    const plain = await runMade(makeCase({ seed: 7 }), {});
    const masked = await runMade(makeCase({ seed: 7, dropout: { weights: { p: 0, pattern: 'column', compensation } } }), {});
    for (const [name, { values }] of plain.tensors) expect(masked.tensors.get(name)!.values, name).toBeBitEqual(values);
  });
});
