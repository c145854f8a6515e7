/**
 * A browser command of the tests: files of real trained checkpoints, which are no part of this project. Looked for in the folder that
 * REFERENCE_DATA names, else in `shared/data` beside the project's folder; where there is none, tests that need one say so and end.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.REFERENCE_DATA ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared', 'data');

/** The file as base64, undefined where it is not there. @param {unknown} _ @param {string} path below the folder */
export async function referenceFile(_, path) {
  const inside = normalize(path);
  if (inside.startsWith('..')) throw new Error(`reference data: ${path} lies outside the folder; name a file below it`);
  try {
    return (await readFile(join(folder, inside))).toString('base64');
  } catch {
    return undefined;
  }
}
