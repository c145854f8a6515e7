/** A zip that somebody gave, as the files in it. */
import { unzip } from 'fflate';
import type { LocalFile } from '../sources/files';
import { SourceError } from '../sources/sourceError';

/** Of what is in it, unpacked: more than any adapter, less than the memory of a tab. */
const MOST_BYTES = 2 ** 30;

/** @throws SourceError for a damaged zip, and for one that is too large */
export async function unpacked(files: readonly LocalFile[]): Promise<readonly LocalFile[]> {
  const [{ path, blob }, ...others] = files.length > 0 ? files : [{ path: '', blob: new Blob() }];
  if (others.length > 0 || !path.toLowerCase().endsWith('.zip')) return files;
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let sum = 0;
  return new Promise((resolve, reject) => {
    unzip(bytes, { filter: ({ originalSize }) => (sum += originalSize) <= MOST_BYTES }, (error, found) => {
      if (error) reject(new SourceError('damaged', path, `is no zip that can be read (${error.message}); unpack it and drop the folder`));
      else if (sum > MOST_BYTES) reject(new SourceError('too_large', path, `holds ${sum} bytes, more than an adapter; unpack it and drop the folder of the adapter`));
      else resolve(Object.entries(found).filter(([name]) => !name.endsWith('/')).map(([name, content]) => ({ path: name, blob: new Blob([content as Uint8Array<ArrayBuffer>]) })));
    });
  });
}
