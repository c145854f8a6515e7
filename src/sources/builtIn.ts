/** The models that come with the page, from the folder beside it. */
import { builtInFacts } from '../config/models';
import { addressSource } from './address';
import { collected } from './files';
import type { Source } from './source';
import { SourceError } from './sourceError';

/** The page itself came from there a moment ago: a second try is enough. */
const PATIENCE_AT_HOME = { tries: 2, pause: 300, silence: 20_000 };

/**
 * What is there and how large it is, is known; each file is asked for once and whole, since they are small.
 * @param folder the one that holds the models' folders
 * @throws SourceError for a name that none of them has
 */
export function builtInSource(name: string, folder: URL): Source {
  const facts = builtInFacts(name);
  if (!facts) throw new SourceError('no_file', name, 'is no model that comes with the page; choose another one');
  const source = addressSource({ kind: 'builtin', name }, name, new URL(name, folder).href, { cache: 'default', patience: PATIENCE_AT_HOME });
  const asked = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const whole = (path: string) => {
    const coming = asked.get(path) ?? collected(path, source.stream(path));
    asked.set(path, coming);
    coming.catch(() => asked.delete(path));
    return coming;
  };
  return {
    ...source, licence: facts.licence,
    here: (path) => Promise.resolve(facts.files.find((file) => file.path === path)?.bytes ?? 0),
    list: () => Promise.resolve(facts.files),
    size: undefined,
    read: async (path) => (await whole(path)).slice(),
    range: async (path, begin, end) => (await whole(path)).slice(begin, end),
    async *stream(path, { progress } = {}) {
      const bytes = await whole(path);
      progress?.(bytes.length);
      yield bytes.slice();
    },
  };
}
