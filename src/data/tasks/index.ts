import type { TaskName } from '../../config/tasks';
import { acceptability } from './acceptability';
import { answering } from './answering';
import { description } from './description';
import { entailment } from './entailment';
import { paraphrase } from './paraphrase';
import { sentiment } from './sentiment';
import { similarity } from './similarity';
import { triples } from './triples';
import type { Task } from './task';

export type { Example, Task, TaskData, TaskOptions } from './task';

export const TASKS: Record<TaskName, Task> = { sentiment, entailment, paraphrase, acceptability, answering, similarity, description, triples };
