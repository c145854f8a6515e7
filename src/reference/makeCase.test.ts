import { describe, expect, it } from 'vitest';
import { loadCheckpoint } from '../model/files/folder';
import { subfolder } from '../model/files/modelFolder';
import { intoMemory } from '../model/files/storedTensors';
import { differentiate } from './autograd';
import { EXTRA_CASES } from './extraCases';
import { caseFolder, makeCase, type MadeCase } from './makeCase';
import { makeParameters } from './parameters';
import { lossOf, referenceTrain } from './train';

/** Whether some part of the loss is held fixed when it is differentiated, so that differences of the loss say something else. */
function hasStopGradient({ file: { method } }: MadeCase): boolean {
  const weights = method.dropout?.weights;
  const second = method.consistency && (method.consistency.kind === 'js_paper' ? 'clean_stopgrad' : method.consistency.second ?? 'dropped_stopgrad');
  return (weights !== undefined && (weights.compensation ?? 'normalize_stopgrad') === 'normalize_stopgrad') || (second?.endsWith('stopgrad') ?? false);
}

/** The loss of the first batch with all trainable tensors moved by `distance` along a fixed direction, and the slope there. */
function lossAlong(made: MadeCase, distance: number): { loss: number; slope: number } {
  const parameters = makeParameters(made.checkpoint, made.init);
  const direction = (i: number) => Math.sin(1 + 12.9898 * i);
  for (const { matrix: { values } } of parameters.trainable.values()) values.forEach((_, i) => { values[i] += distance * direction(i); });
  const { loss } = lossOf(made.file, made.checkpoint, parameters, made.file.batches[0], 0);
  differentiate(loss);
  let slope = 0;
  for (const { matrix: { gradient } } of parameters.trainable.values()) gradient?.forEach((value, i) => { slope += value * direction(i); });
  return { loss: loss.values[0], slope };
}

describe('made cases', () => {
  it.each(EXTRA_CASES)('$name trains to finite numbers, and its gradient is the slope of its loss', (options) => {
    const made = makeCase(options);
    const { perStep, tensors } = referenceTrain(made.file, made.checkpoint, made.init);
    for (const step of perStep) for (const value of Object.values(step)) expect(Number.isFinite(value)).toBe(true);
    for (const { values } of tensors.values()) expect(values.every(Number.isFinite)).toBe(true);
    expect(perStep[0].grad_norm).toBeGreaterThan(1e-4);
    if (hasStopGradient(made)) return;
    const difference = (distance: number) => lossAlong(made, distance).loss - lossAlong(made, -distance).loss;
    // Central differences at two widths, so that the third derivative drops out as well.
    const measured = (8 * difference(5e-5) - difference(1e-4)) / (12 * 5e-5);
    const { slope } = lossAlong(made, 0);
    expect(Math.abs(slope - measured)).toBeLessThan(1e-8 * Math.max(1, Math.abs(slope)));
  });

  it('gives the same case for the same options, another for another seed', () => {
    expect(makeCase({ seed: 5 })).toEqual(makeCase({ seed: 5 }));
    expect(makeCase({ seed: 5 }).file.mask_seed).not.toBe(makeCase({ seed: 6 }).file.mask_seed);
  });

  it.each(['bert', 'roberta'] as const)('can be loaded as a folder: %s', async (architecture) => {
    const made = makeCase({ architecture, problem: 'regression' });
    const folder = caseFolder(made);
    const { config, tensors } = await loadCheckpoint(subfolder(folder, 'model'));
    expect({ config, tensors: await intoMemory(tensors) }).toEqual(made.checkpoint);
    await expect(folder.read('expected.json')).rejects.toThrow(/^expected.json: is not in made-/);
  });

  it('changes nothing at a rate of 0', () => {
    const plain = makeCase();
    const zero = makeCase({ dropout: { logits: { p: 0, pattern: 'span' }, weights: { p: 0, pattern: 'element' }, hidden: { p: 0, pattern: 'column' }, output: { p: 0, pattern: 'element' } } });
    const run = ({ file, checkpoint, init }: MadeCase) => referenceTrain(file, checkpoint, init);
    expect(run(zero)).toEqual(run(plain));
  });
});
