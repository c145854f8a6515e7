/** A messy file beside what a good import makes of it, and how far a report is from that. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Imported } from '../importTable';
import type { Example, Report } from '../../protocol/tableMessages';

export interface Expected extends Omit<Report, 'notes' | 'questions'> {
  must_say: string[];
  must_not: string[];
  probes?: Example[];
}

export const messyFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.expected.json')).map((name) => name.replace('.expected.json', ''));

export const expectedOf = (folder: string, name: string): Expected => JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8')) as Expected;

/** What the report has of an expectation, to be compared with it: reasons are free, places are not. */
export function comparable(report: Report | Expected): Partial<Report> {
  const { file, rows, rows_read, columns, labels, label_counts, range, first, last, delimiter, quoting, encoding, newline, problem, target } = report;
  const bad_rows = report.bad_rows.map(({ line, record }) => ({ line, record, reason: '' }));
  return { file, rows, rows_read, columns, labels, label_counts, range, first, last, bad_rows, delimiter, quoting, encoding, newline, problem, target };
}

export const probed = ({ examples }: Imported, probes: readonly Example[] = []): (Example | undefined)[] => probes.map((probe) => {
  const found = examples.find(({ line, record }) => line === probe.line && record === probe.record);
  return found && (Object.fromEntries(Object.keys(probe).map((key) => [key, key === 'note' ? (probe as unknown as Record<string, unknown>)[key] : found[key as keyof Example]])) as unknown as Example);
});
