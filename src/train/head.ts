/** The head that a task needs. */
import type { Task } from '../data/tasks/task';
import type { Problem } from '../model/modelConfig';

export const headFor = ({ kind, labels }: Task): { problem: Problem; labels: number } => ({ problem: kind, labels: kind === 'classification' ? labels.length : 1 });
