/** What is known of the rows of a configuration without the rows, and the head that they need. */
import { kindOf, type RunConfig } from '../config/config';
import { isTask } from '../config/tasks';
import { dataName } from '../config/sources';
import type { DataKind } from '../config/tables';
import { TASKS } from '../data/tasks';
import type { Problem } from '../model/modelConfig';

export interface DataFacts {
  /** As people know them. */
  title: string;
  kind: DataKind;
  /** One name per class; empty for the other kinds. */
  labels: readonly string[];
}

export function factsOf(data: Pick<RunConfig['data'], 'source' | 'table'>): DataFacts {
  const { source, table } = data;
  if (isTask(source)) return TASKS[source];
  return { title: dataName(source), kind: kindOf(data), labels: table?.labels ?? [] };
}

export const headFor = ({ kind, labels }: Omit<DataFacts, 'title'>): { problem: Problem; labels: number } => ({ problem: kind, labels: kind === 'classification' ? labels.length : 1 });
