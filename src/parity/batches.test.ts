import { describe, expect, it } from 'vitest';
import { hostBatches } from './batches';
import { labelsOf, type ParityCase, readCase } from './case';

type Batch = ParityCase['batches'][number];
const FULL: Batch = { input_ids: [[5, 6, 7], [8, 9, 1]], attention_mask: [[1, 1, 1], [1, 1, 0]], labels: [0, 2] };
const hostOf = (...batches: Batch[]) => hostBatches({ name: 'made', task: 'classification', hyper: {}, batches } as unknown as ParityCase, { vocabulary: 97 }, 0);

describe('the batches of a case', () => {
  it('are rows of one width with their real tokens counted', () => {
    const [batch] = hostOf(FULL);
    expect([...batch.ids]).toEqual([5, 6, 7, 8, 9, 1]);
    expect([...batch.lengths]).toEqual([3, 2]);
    expect([...batch.labels]).toEqual([0, 2]);
  });

  it('may have a row without a real token', () => {
    expect([...hostOf({ ...FULL, attention_mask: [[1, 1, 1], [0, 0, 0]] })[0].lengths]).toEqual([3, 0]);
  });

  it.each<[string, Batch[], string]>([
    ['none', [], 'case made: has no batch (0); give at least one'],
    ['a wider batch', [FULL, { input_ids: [[5, 6, 7, 1], [8, 9, 1, 1]], attention_mask: [[1, 1, 1, 0], [1, 1, 0, 0]], labels: [0, 2] }], 'case made: input_ids of batch 1 has another shape than the first batch (2×4, not 2×3); pad all batches to one shape'],
    ['a batch of fewer rows', [FULL, { input_ids: [[5, 6, 7]], attention_mask: [[1, 1, 1]], labels: [0] }], 'input_ids of batch 1 has another shape than the first batch (1×3, not 2×3)'],
    ['ragged rows', [{ ...FULL, input_ids: [[5, 6, 7], [8, 9]] }], 'input_ids of batch 0 has another shape than the first batch (2×3/2, not 2×3)'],
    ['a mask of another width', [{ ...FULL, attention_mask: [[1, 1], [1, 1]] }], 'attention_mask of batch 0 has another shape than the first batch (2×2, not 2×3)'],
    ['padding on the left', [FULL, { ...FULL, attention_mask: [[1, 1, 1], [0, 1, 1]] }], 'case made: attention_mask of batch 1, row 1 is not of the form 1…10…0 (011); pad on the right'],
    ['a hole', [{ ...FULL, attention_mask: [[1, 0, 1], [1, 1, 0]] }], 'attention_mask of batch 0, row 0 is not of the form 1…10…0 (101)'],
    ['a mask with holes in it', [{ ...FULL, attention_mask: [[1, null, 0], [1, 1, 0]] as number[][] }], 'attention_mask of batch 0, row 0 is not of the form 1…10…0 (1null0)'],
    ['a class that the head has not', [FULL, { ...FULL, labels: [0, 3] }], 'case made: batch 1, row 1: the label is not a class (3); give a whole number from 0 to 2, or -100 where nothing is scored'],
    ['a missing label', [{ ...FULL, labels: [null as unknown as number, 0] }], 'case made: batch 0, row 0: the label is not a class (missing)'],
    ['an id beyond the table', [{ ...FULL, input_ids: [[5, 6, 7], [8, 97, 1]] }], "batch 0, row 1: the id of token 1 is not in the model's table (97); give a whole number from 0 to 96"],
    ['an id below it, under padding', [{ ...FULL, input_ids: [[5, 6, 7], [8, 9, -1]] }], "batch 0, row 1: the id of token 2 is not in the model's table (-1)"],
    ['a step without a label', [FULL, { ...FULL, labels: [-100, -100] }], 'step 1 has no label that counts (all are −100), so its loss is no number; give one of its rows a label'],
    ['too few labels', [{ ...FULL, labels: [0] }], 'batch 0 has 2 rows and labels for 1; give each row its label'],
  ])('refuses %s', (_, batches, sentence) => {
    expect(() => hostOf(...batches)).toThrow(sentence);
  });
});

it('a case may hold the words that Python has for what is no number, so that they can be refused where they stand', () => {
  const { batches: [{ labels }], name } = readCase('{"name": "a NaN, \\"Infinity\\"", "batches": [{"labels": [NaN, 1.5, -Infinity, Infinity]}]}');
  expect([name, labels]).toEqual(['a NaN, "Infinity"', ['NaN', 1.5, '-Infinity', 'Infinity']]);
});

it('one batch of an accumulated step may have no label that counts', () => {
  const batches = [{ ...FULL, labels: [-100, -100] }, FULL];
  expect(hostBatches({ name: 'made', task: 'classification', hyper: { accumulation: 2 }, batches } as unknown as ParityCase, { vocabulary: 97 }, 0)).toHaveLength(2);
});

it('a case that does not say how many labels it has gets as many as the reference program takes', () => {
  expect(labelsOf({ task: 'classification', n_labels: 5 } as ParityCase)).toBe(5);
  expect(labelsOf({ task: 'classification' } as ParityCase)).toBe(3);
  expect(labelsOf({ task: 'regression' } as ParityCase)).toBe(1);
});
