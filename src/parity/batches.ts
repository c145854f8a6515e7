/** The batches of a reference case as the trainer takes them: all of one shape, padded on the right, with ids and labels that the model has. */
import type { ModelConfig } from '../model/modelConfig';
import { shiftLabels } from '../train/languageModel';
import { countedLabels, idProblem, labelProblem } from '../train/rowRules';
import type { HostBatch } from '../train/trainer';
import { labelsOf, type ParityCase, problemOf } from './case';

type CaseBatch = ParityCase['batches'][number];

/** @param virtualRows rows in front of the tokens of each sample (prompt tuning) */
export function hostBatch(batch: CaseBatch, virtualRows: number): HostBatch {
  const rows = {
    ids: Uint32Array.from(batch.input_ids.flat()),
    lengths: Uint32Array.from(batch.attention_mask.map((row) => row.reduce((sum, seen) => sum + seen, 0))),
  };
  if (typeof batch.labels[0] === 'number') return { ...rows, labels: Float32Array.from(batch.labels as number[]) };
  return { ...rows, labels: shiftLabels(batch.labels as number[][], virtualRows) };
}

/**
 * @param vocabulary rows of the token embedding
 * @throws when a batch has another shape than the first, is not padded on the right (one plan runs them all, and it counts real tokens
 *   only), or has an id or a label that the model has not; and when a step has nothing to learn from
 */
export function hostBatches(description: ParityCase, { vocabulary }: Pick<ModelConfig, 'vocabulary'>, virtualRows: number): HostBatch[] {
  const { name, batches } = description;
  const refuse = (what: string) => new Error(`case ${name}: ${what}`);
  if (batches.length === 0) throw refuse('has no batch (0); give at least one');
  const [rows, tokens] = [batches[0].input_ids.length, batches[0].input_ids[0]?.length ?? 0];
  const limits = { problem: problemOf(description), labels: labelsOf(description), vocabulary };
  batches.forEach(({ input_ids, attention_mask, labels }, number) => {
    const shape = (given: unknown[][]) => `${given.length}×${[...new Set(given.map((row) => row.length))].join('/')}`;
    const check = (field: string, given: unknown[][]) => {
      if (shape(given) !== `${rows}×${tokens}`) throw refuse(`${field} of batch ${number} has another shape than the first batch (${shape(given)}, not ${rows}×${tokens}); pad all batches to one shape`);
    };
    check('input_ids', input_ids);
    check('attention_mask', attention_mask);
    if (labels.length !== rows) throw refuse(`batch ${number} has ${rows} rows and labels for ${labels.length}; give each row its label`);
    const perToken = limits.problem === 'language_model';
    if (perToken) check('labels', labels.map((row) => (Array.isArray(row) ? row : [row])));
    attention_mask.forEach((mask, row) => {
      const text = mask.map((seen) => (seen === 0 || seen === 1 ? seen : JSON.stringify(seen ?? null))).join('');
      if (!/^1*0*$/.test(text)) throw refuse(`attention_mask of batch ${number}, row ${row} is not of the form 1…10…0 (${text}); pad on the right`);
    });
    for (let row = 0; row < rows; row++) {
      const own: unknown[] = perToken ? labels[row] as number[] : [labels[row]];
      const found = idProblem(input_ids[row], vocabulary) ?? own.map((label) => labelProblem(label, limits)).find((problem) => problem !== undefined);
      if (found) throw refuse(`batch ${number}, row ${row}: ${found}`);
    }
  });
  const made = batches.map((batch) => hostBatch(batch, virtualRows));
  const { accumulation = 1 } = description.hyper;
  for (let first = 0; first < made.length; first += accumulation) {
    const step = made.slice(first, first + accumulation);
    if (step.every((batch) => countedLabels(batch.labels, limits.problem) === 0)) throw refuse(`step ${first / accumulation} has no label that counts (all are −100), so its loss is no number; give one of its rows a label`);
  }
  return made;
}
