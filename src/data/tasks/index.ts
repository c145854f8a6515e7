import type { TaskName } from '../../config/tasks';
import { description } from './description';
import { sentiment } from './sentiment';
import { similarity } from './similarity';
import { triples } from './triples';
import type { Task } from './task';

export type { Example, Task, TaskData, TaskOptions } from './task';

export const TASKS: Record<TaskName, Task> = { sentiment, similarity, description, triples };
