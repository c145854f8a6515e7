/** A repository of small made-up files for the stand-in, and what tests do with it. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { Checksum } from '../checksum';
import { collected } from '../files';
import { openSource, type Places } from '../open';
import type { Source } from '../source';
import { SourceError } from '../sourceError';
import { type Fault, HubStandIn, type StandInRepository } from './standIn';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const CONVERTED = 'fedcba9876543210fedcba9876543210fedcba98';

/** Bytes that no two places of a file share, so that a shift or a repetition shows. */
export const patterned = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 2654435761) >>> 24));

export const weights = patterned(70_001);
export const config = Buffer.from(JSON.stringify({ model_type: 'llama', note: 'x'.repeat(400) }));

export function repository(more: Partial<StandInRepository> = {}): StandInRepository {
  return {
    commit: COMMIT, licence: 'mit',
    files: { 'config.json': { bytes: config }, 'tokenizer.json': { bytes: Buffer.from('{"version":"1.0"}') }, 'README.md': { bytes: Buffer.from('# model') }, 'model.safetensors': { bytes: weights, lfs: true } },
    ...more,
  };
}

/** A stand-in that runs for the tests of a file, with `org/name` alone in it when each begins. @returns how to get at it */
export function standInForTests(): () => HubStandIn {
  let hub: HubStandIn;
  beforeAll(async () => { hub = await HubStandIn.start(); });
  afterAll(() => hub.stop());
  beforeEach(() => {
    hub.reset();
    hub.repositories.clear();
    hub.renamed.clear();
    hub.repositories.set('org/name', repository());
  });
  return () => hub;
}

export const patience = { tries: 3, pause: 1, silence: 300 };

/** A repository of the stand-in as a source. */
export const openFrom = (hub: HubStandIn, id = 'org/name', revision = 'main', more: Partial<Places> = {}) => (
  openSource({ kind: 'hub', id, revision }, { builtIn: () => { throw new Error('none'); }, local: () => undefined, endpoint: hub.endpoint, patience, ...more })
);

/** Everything of a file, checked as whoever keeps or reads it does. */
export async function whole(source: Source, path: string): Promise<Buffer> {
  const checksum = new Checksum((await source.list()).find((one) => one.path === path)!);
  const bytes = await collected(path, (async function* () {
    for await (const piece of source.stream(path)) {
      checksum.add(piece);
      yield piece;
    }
  })());
  checksum.finish();
  return Buffer.from(bytes);
}

/** Code and sentence of what a promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<{ code: string; sentence: string }> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  return { code: (error as SourceError).code, sentence: (error as SourceError).message };
}

/** A fault that strikes `times` times, on requests that `which` picks. */
export const once = (which: (url: string, host: string) => boolean, fault: Fault, times = 1): Fault => (request, response, file) => {
  if (times <= 0 || !which(request.url, request.host)) return false;
  times--;
  return fault(request, response, file);
};
export const onCdn = (_: string, host: string) => host === 'cdn';
export const onConfig = (url: string) => url.includes('config.json');
export const onInfo = (url: string) => url.includes('/revision/');
