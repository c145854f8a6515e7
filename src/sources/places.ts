/** Everything that a worker opens models from: the page's folder, the Hub, addresses, files of this visit, and what is kept between visits. */
import { HUB, readReference, referenceText, type SourceReference } from '../config/sources';
import { opfsDirectory } from '../storage/opfs';
import { Shelves } from '../storage/shelves';
import { builtInSource } from './builtIn';
import { type LocalFile, localSource } from './files';
import { conversionOf } from './hub/hub';
import { openSource } from './open';
import type { ReadOptions, Source } from './source';
import { SourceError } from './sourceError';

export interface ModelPlacesOptions {
  /** The folder that holds the built-in models' folders. */
  builtIn: URL;
  /** What is kept; undefined where the browser grants nothing. */
  shelves: Promise<Shelves | undefined>;
  /** The page's policy. */
  allowed: (address: string) => void;
  /** Another host with the Hub's layout. */
  endpoint?: string;
}

/** What this browser keeps of models; undefined where it grants nothing. */
export const keptModels = (): Promise<Shelves | undefined> => opfsDirectory('models').then((directory) => directory && new Shelves(directory));

export class ModelPlaces {
  private readonly local = new Map<string, Source>();
  private token: string | undefined;
  private notKept: (sentence: string) => void = () => undefined;

  constructor(private readonly options: ModelPlacesOptions) {}

  /** Told why a model is not kept. */
  onNotKept(listener: (sentence: string) => void): void {
    this.notKept = listener;
  }

  /** For the Hub's own host, in memory only. */
  authorise(token: string | undefined): void {
    this.token = token;
  }

  /** @throws SourceError */
  async open(source: string, options: ReadOptions = {}): Promise<Source> {
    const reference = readReference(source);
    if (!reference) throw new SourceError('not_found', source, 'is no reference of a model; choose one again');
    const { builtIn, allowed, endpoint } = this.options;
    return openSource(reference, {
      builtIn: (name) => builtInSource(name, builtIn), local: (fingerprint) => this.local.get(fingerprint), allowed, endpoint, token: this.token,
      shelves: reference.kind === 'hub' ? await this.options.shelves : undefined, notKept: (sentence) => this.notKept(sentence),
    }, options);
  }

  /** Takes files that somebody dropped or picked. @returns their reference */
  async bring(name: string, files: readonly LocalFile[]): Promise<string> {
    const source = await localSource(name, files);
    const { reference } = source;
    if (reference.kind === 'local') this.local.set(reference.fingerprint, source);
    return referenceText(reference);
  }

  /** Safetensors that are offered as a pull request to a repository of pickles. */
  async conversionOf({ id }: Extract<SourceReference, { kind: 'hub' }>): Promise<SourceReference | undefined> {
    const { allowed, endpoint = HUB } = this.options;
    const found = await conversionOf({ endpoint, kind: 'models', token: this.token, allowed }, id);
    return found && { kind: 'hub', id, revision: found.commit };
  }

  async kept(): Promise<{ models: { source: string; bytes: number; used: number; complete: boolean }[]; free?: number }> {
    const shelves = await this.options.shelves;
    const models = ((await shelves?.list()) ?? []).map(({ name, bytes, used, complete }) => ({ source: name, bytes, used, complete }));
    const { quota, usage } = await (globalThis.navigator?.storage?.estimate?.() ?? Promise.resolve({ quota: undefined, usage: undefined }));
    return { models, ...(quota !== undefined && usage !== undefined && { free: Math.max(0, quota - usage) }) };
  }

  async forget(source: string): Promise<void> {
    await (await this.options.shelves)?.remove(source);
  }
}
