/** What rows are measured by: which metrics, of which rows. `metrics/outputs.test.ts` has their values. */
import { expect, it } from 'vitest';
import { metricsOf, TASK_FACTS } from '../config/tasks';
import type { TableMapping } from '../config/tables';
import { scoresOf } from './scores';

const rowsOf = (outputs: number[][], labels: number[]) => outputs.map((row, index) => ({ outputs: Float32Array.from(row), labels: Float32Array.of(labels[index]) }));
/** Logits whose largest is that of the class. */
const logitsOf = (classes: number[], count: number) => classes.map((one) => Array.from({ length: count }, (_, other) => Number(one === other)));
const CLASSES = { problem: 'classification', labels: 2 } as const;

it('gives the first as the metric and the rest by name', () => {
  const rows = rowsOf(logitsOf([1, 1, 0, 0, 0], 2), [1, 0, 1, 1, 0]);
  const { metric, others } = scoresOf(rows, CLASSES, ['accuracy', 'f1', 'matthews']);
  expect(metric).toBeCloseTo(0.4, 14);
  expect(others!.f1).toBeCloseTo(0.4, 14);
  expect(others!.matthews).toBeCloseTo(-1 / 6, 14);
  expect(scoresOf(rows, CLASSES, ['matthews'])).toEqual({ loss: expect.any(Number), metric: others!.matthews });
});

it('leaves out rows whose label does not count', () => {
  const rows = rowsOf(logitsOf([1, 0, 1], 2), [1, 0, -100]);
  expect(scoresOf(rows, CLASSES, ['accuracy', 'f1'])).toMatchObject({ metric: 1, others: { f1: 1 } });
});

it('is chosen by the task, and of a table by its kind and classes', () => {
  for (const [source, { metrics }] of Object.entries(TASK_FACTS)) expect(metricsOf({ source })).toBe(metrics);
  const table = (kind: TableMapping['kind'], labels: string[]) => metricsOf({ source: 'local:a.tsv#0123456789abcdef', table: { kind, labels } as TableMapping });
  expect(table('classification', ['no', 'yes'])).toEqual(['accuracy', 'f1', 'matthews']);
  expect(table('classification', ['a', 'b', 'c'])).toEqual(['accuracy']);
  expect(table('regression', [])).toEqual(['pearson', 'spearman']);
  expect(table('language_model', [])).toEqual(['perplexity']);
});

