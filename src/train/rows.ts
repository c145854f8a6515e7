/** Where the rows of a configuration come from: tasks of the page are generated, tables were handed over. Both come out in one form. */
import type { RunConfig } from '../config/config';
import { isTask } from '../config/tasks';
import { missingTable, tableKey } from '../config/tables';
import { TASKS } from '../data/tasks';
import type { TaskData } from '../data/tasks/task';
import type { HandedTable, TableRows } from '../protocol/rowMessages';
import { Refusal } from './refusal';
import { dividedRows } from './tableRows';

/** Tables that are kept: that of the run, and one that is looked at meanwhile. */
const MOST_TABLES = 2;

export class Rows {
  private readonly tables = new Map<string, Promise<TableRows>>();

  /** Keeps a table; the oldest makes room. */
  take({ source, table, rows }: HandedTable): void {
    const key = tableKey(source, table);
    this.tables.delete(key);
    const reading = rows.text().then((text) => JSON.parse(text) as TableRows);
    // Whoever asks for the rows is told.
    reading.catch(() => undefined);
    this.tables.set(key, reading);
    for (const oldest of [...this.tables.keys()].slice(0, -MOST_TABLES)) this.tables.delete(oldest);
  }

  has({ source, table }: RunConfig['data']): boolean {
    return isTask(source) || (table !== undefined && this.tables.has(tableKey(source, table)));
  }

  /** @throws Refusal where the table is not here, or leaves a set without rows */
  async of(config: Pick<RunConfig, 'data' | 'seed'>): Promise<TaskData> {
    const { data, seed } = config;
    if (isTask(data.source)) return TASKS[data.source].generate({ seed, trainRows: data.rows, labelNoise: data.noise });
    const held = data.table && (await this.tables.get(tableKey(data.source, data.table)));
    if (!held) throw new Refusal({ code: 'bad_config', problems: [`data: ${missingTable(data.source, data.table)}`] });
    return dividedRows(held, data.table!, config);
  }
}
