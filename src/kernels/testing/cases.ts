/** Runs a made case through the engine, as the parity command runs a golden one. */
import { expect } from 'vitest';
import { subfolder } from '../../model/files/modelFolder';
import type { ParityCase } from '../../parity/case';
import { type ParityOptions, type ParityResult, runCase } from '../../parity/runCase';
import { caseFolder, type MadeCase } from '../../reference/makeCase';
import { type Launch, pageFor } from './page';

export async function runMade(made: MadeCase, launch: Launch, options: ParityOptions = {}): Promise<ParityResult> {
  const { gpu, pipelines, complaints } = await pageFor(launch);
  const folder = caseFolder(made);
  const description = { ...made.file, size: { layers: made.checkpoint.config.layers } } as ParityCase;
  const { lanes, tile } = launch;
  const result = await runCase(gpu, pipelines, description, subfolder(folder, 'model'), made.init, { target: { lanes, tile }, ...options });
  expect(complaints()).toEqual([]);
  return result;
}
