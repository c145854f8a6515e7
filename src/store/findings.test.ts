import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { announce, compareRuns, compareWithAll, courseOf, describeEarlyEnd, describeRun, lowestHeldOut, riseSinceLowest, visiblyOverfits } from './findings';
import { LOOKS } from './metrics';
import type { Evaluation } from './runData';

const curve = (...pairs: [heldOut: number, train: number][]): Evaluation[] =>
  pairs.map(([heldOut, train], index) => ({ step: index * 20, heldOut: { loss: heldOut, metric: 0.7 }, train: { loss: train, metric: 0.9 }, seconds: index }));

const overfit = curve([0.69, 0.69], [0.55, 0.5], [0.5, 0.3], [0.56, 0.15], [0.615, 0.05]);

describe('one run', () => {
  it('is overfitting when held-out turns up while training falls', () => {
    expect(courseOf(overfit)).toBe('overfitting');
    expect(describeRun(overfit, true)).toBe('Held-out loss was lowest at step 40 (0.5) and has risen 23 % since, while training loss kept falling to 0.05: overfitting.');
    expect(lowestHeldOut(overfit)).toEqual({ step: 40, loss: 0.5 });
    expect(riseSinceLowest(overfit)).toBeCloseTo(0.23, 9);
    expect(visiblyOverfits(overfit)).toBe(true);
  });
  it('is not called overfitting when training loss rises as well', () => {
    expect(courseOf(curve([0.69, 0.69], [0.5, 0.4], [0.6, 0.5], [0.7, 0.6]))).not.toBe('overfitting');
  });
  it('is still falling, was still falling, has settled, learned nothing', () => {
    const falling = curve([0.69, 0.69], [0.6, 0.6], [0.5, 0.5], [0.4, 0.4]);
    expect(describeRun(falling, false)).toContain('is still falling, now 0.4');
    expect(describeRun(falling, true)).toContain('was still falling at the end');
    expect(describeRun(curve([0.69, 0.69], [0.5, 0.4], [0.5, 0.35], [0.501, 0.3]), true)).toContain('has settled near 0.501');
    expect(describeRun(curve([0.69, 0.69], [0.69, 0.68], [0.691, 0.68]), true)).toContain('nothing general was learned');
  });
  it('waits for numbers and says when they end', () => {
    expect(courseOf([])).toBe('waiting');
    expect(courseOf(curve([0.69, 0.69]))).toBe('starting');
    expect(describeRun(curve([0.69, 0.69], [Number.NaN, Number.NaN]), true)).toContain('diverged');
    // Of a run that is over, nothing more can be promised.
    expect(describeRun(curve([0.69, 0.69], [0.5, 0.4]), false)).toContain('Two more evaluations show');
    expect(describeRun(curve([0.69, 0.69], [0.5, 0.4]), true)).toContain('went from 0.69 to 0.5');
    expect(describeRun([], true)).toContain('ended before its first evaluation');
  });
});

describe('two runs', () => {
  const baseline = { name: 'Plain LoRA', seed: 42, evaluations: overfit };
  it('says at most two comparisons at length', () => {
    const others = ['a', 'b', 'c', 'd'].map((name) => ({ ...baseline, name }));
    const said = compareWithAll(baseline, others);
    expect(said).toEqual([expect.stringContaining('Plain LoRA and a'), expect.stringContaining('Plain LoRA and b'), '2 more pinned runs are compared in the table of runs.']);
    expect(compareWithAll(baseline, others.slice(0, 2))).toHaveLength(2);
  });
  it('are compared honestly, better or worse, with one seed named', () => {
    const worse = { name: 'HiddenKey', seed: 42, evaluations: curve([0.69, 0.69], [0.58, 0.55], [0.52, 0.45], [0.53, 0.3], [0.55, 0.2]) };
    expect(compareRuns(worse, baseline)).toBe('HiddenKey: lowest held-out loss 0.02 above that of Plain LoRA: no help at its best point, one seed. At step 80 held-out loss is 0.55 against 0.61, the gap 0.35 against 0.56.');
    expect(compareRuns(baseline, worse)).toContain('0.02 below that of HiddenKey: better at its best point, one seed.');
  });
  it('do not differ below one percent', () => {
    const same = { name: 'DropKey', seed: 7, evaluations: curve([0.69, 0.69], [0.55, 0.5], [0.503, 0.3]) };
    expect(compareRuns(same, baseline)).toContain('no clear difference, two different seeds.');
  });
  it('need three evaluations each', () => {
    expect(compareRuns({ ...baseline, evaluations: curve([1, 1]) }, baseline)).toBeUndefined();
  });
});

it('announces an evaluation in plain words', () => {
  expect(announce(overfit[4], LOOKS.accuracy)).toBe('Step 80. Training loss 0.05, held-out loss 0.61, held-out accuracy 70 percent.');
});

describe('perplexity', () => {
  const text = overfit.map((evaluation) => ({ ...evaluation, heldOut: { ...evaluation.heldOut, metric: Math.exp(evaluation.heldOut.loss) } }));
  it('is explained, and lower is better', () => {
    expect(describeRun(text, true, 'language_model')).toMatch(/overfitting\. Each held-out token was as uncertain as a choice among 1\.85 equally likely ones \(perplexity, lower is better\); at best it was 1\.65\.$/);
    expect(describeRun(text.slice(0, 3), false, 'language_model')).toMatch(/among 1\.65 equally likely ones \(perplexity, lower is better\)\.$/);
    expect(describeRun(text, true)).not.toContain('perplexity');
  });
  it('is read out', () => expect(announce(text[4], LOOKS.perplexity)).toContain('held-out perplexity 1.8.'));
});

describe('a run that ended early', () => {
  const config = (patience: number, steps: number) => ({ ...DEFAULT_CONFIG, optimizer: { ...DEFAULT_CONFIG.optimizer, steps }, evaluation: { ...DEFAULT_CONFIG.evaluation, patience } });
  it('says at which step, and what was the best', () => {
    expect(describeEarlyEnd(config(2, 200), overfit)).toBe('It ended early, at step 80 of 200: 2 evaluations in a row had no better held-out loss than step 40.');
  });
  it('says nothing of one that went to its end, has patience left or had none to lose', () => {
    for (const [patience, steps] of [[2, 80], [3, 200], [0, 200]]) expect(describeEarlyEnd(config(patience, steps), overfit)).toBeUndefined();
  });
});
