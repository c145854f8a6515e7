import { expect, it } from 'vitest';
import { metricsOf } from './tasks';
import type { TableMapping } from './tables';

const TABLE = { kind: 'classification', labels: ['0', '1'] } as TableMapping;
const measured = (table: Partial<TableMapping>) => metricsOf({ source: 'local:rows#0123456789abcdef', table: { ...TABLE, ...table } });

it('a table is measured by its kind, and one of the paper’s sets as it is reported', () => {
  expect(measured({})).toEqual(['accuracy', 'f1', 'matthews']);
  expect(measured({ labels: ['a', 'b', 'c'] })).toEqual(['accuracy']);
  expect(measured({ kind: 'regression', labels: [] })).toEqual(['pearson', 'spearman']);
  expect(measured({ mirrors: 'cola' })).toEqual(['matthews']);
  expect(measured({ mirrors: 'mrpc' })).toEqual(['accuracy', 'f1']);
  // Rows that are not that set's after all.
  expect(measured({ mirrors: 'mrpc', labels: ['a', 'b', 'c'] })).toEqual(['accuracy']);
  expect(measured({ mirrors: 'e2e', kind: 'language_model', labels: [] })).toEqual(['perplexity']);
  expect(measured({ mirrors: 'stsb' })).toEqual(['accuracy', 'f1', 'matthews']);
});
