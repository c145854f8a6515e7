/** A repository of small made-up files for the stand-in. */
import { HubStandIn, type StandInRepository } from './standIn';

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

/** A stand-in with `org/name`. */
export async function openStandIn(): Promise<HubStandIn> {
  const standIn = await HubStandIn.start();
  standIn.repositories.set('org/name', repository());
  return standIn;
}
