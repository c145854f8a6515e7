/** The batches of a reference case as the trainer takes them: all of one shape, padded on the right. */
import { shiftLabels } from '../train/languageModel';
import type { HostBatch } from '../train/trainer';
import type { ParityCase } from './case';

type CaseBatch = ParityCase['batches'][number];

/** @param virtualRows rows in front of the tokens of each sample (prompt tuning) */
export function hostBatch(batch: CaseBatch, virtualRows: number): HostBatch {
  const rows = {
    ids: Uint32Array.from(batch.input_ids.flat()),
    lengths: Uint32Array.from(batch.attention_mask.map((row) => row.reduce((sum, seen) => sum + seen, 0))),
  };
  if (typeof batch.labels[0] === 'number') return { ...rows, labels: Float32Array.from(batch.labels as number[]) };
  return { ...rows, ...shiftLabels(batch.labels as number[][], virtualRows) };
}

/** @throws when a batch has another shape than the first, or is not padded on the right: one plan runs them all, and it counts real tokens only */
export function hostBatches({ name, batches }: ParityCase, virtualRows: number): HostBatch[] {
  const refuse = (what: string) => new Error(`case ${name}: ${what}`);
  if (batches.length === 0) throw refuse('has no batch (0); give at least one');
  const [rows, tokens] = [batches[0].input_ids.length, batches[0].input_ids[0]?.length ?? 0];
  batches.forEach(({ input_ids, attention_mask, labels }, number) => {
    const shape = (given: number[][]) => `${given.length}×${[...new Set(given.map((row) => row.length))].join('/')}`;
    for (const [field, given] of Object.entries({ input_ids, attention_mask })) {
      if (shape(given) !== `${rows}×${tokens}`) throw refuse(`${field} of batch ${number} has another shape than the first batch (${shape(given)}, not ${rows}×${tokens}); pad all batches to one shape`);
    }
    if (labels.length !== rows) throw refuse(`batch ${number} has ${rows} rows and labels for ${labels.length}; give each row its label`);
    attention_mask.forEach((mask, row) => {
      if (!/^1*0*$/.test(mask.join(''))) throw refuse(`attention_mask of batch ${number}, row ${row} is not of the form 1…10…0 (${mask.join('')}); pad on the right`);
    });
  });
  return batches.map((batch) => hostBatch(batch, virtualRows));
}
