/** The report on one table that a person names on the command line. */
import { basename } from 'node:path';
import { type DataPresetName, presetWishes } from '../config/dataPresets';
import type { Report, Wishes } from '../protocol/tableMessages';
import { importTable } from '../tables/importTable';
import { openTable } from '../tables/openTable';
import { farData } from './openData';

/**
 * @param bytes of a file of this machine; undefined for what lies elsewhere
 * @throws with a sentence where the table cannot be had
 */
export async function importNamed(file: string, bytes: Uint8Array | undefined, given: Wishes, { configuration, split, preset }: { configuration?: string; split?: string; preset?: DataPresetName }): Promise<Report> {
  const wishes = { ...(preset && presetWishes(preset)), ...given };
  if (bytes) return (await importTable(basename(file), bytes, wishes)).report;
  const { source, files } = await farData({ data: file, configuration, split, preset });
  return (await openTable(source, { training: files.training.slice(0, 1) }, wishes, 0)).report;
}
