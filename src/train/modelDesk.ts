/** What the engine does about models besides running them: looks at sources, fetches weights, tells what is kept. Needs no GPU. */
import type { WeightFormat } from '../config/weightFormats';
import { readReference, referenceText } from '../config/sources';
import { readChatFiles, readTokenizer } from '../data/tokenization/files';
import { LoadError } from '../model/files/loadError';
import type { ModelCommand, ModelEvent, ModelRefusal } from '../protocol/modelMessages';
import type { LentTokenizer } from '../protocol/tableReading';
import { SourceError, throwIfStopped } from '../sources/sourceError';
import type { ModelPlaces } from '../sources/places';
import type { ReadOptions } from '../sources/source';
import type { Library } from './library';
import { factsOf, headFor } from './head';
import { Refusal } from './refusal';
import { settingsOnto } from './start';
import { unpacked } from './unpacked';

/** Between two messages about a download. */
const TELL_EVERY_MS = 250;

type Handled = Exclude<ModelCommand, { type: 'estimate' }>;

export class ModelDesk {
  private fetching: { source: string; stop: AbortController } | undefined;
  private note: string | undefined;

  /**
   * @param places where models are looked for; left out under Node, which hands in opened folders
   * @param load brings weights to the device, where there is one
   */
  constructor(
    private readonly post: (event: ModelEvent) => void, private readonly library: Library, private readonly places: ModelPlaces | undefined,
    private readonly load: (source: string, weights: WeightFormat | undefined, options: ReadOptions) => Promise<void>,
  ) {
    places?.onNotKept((sentence) => { this.note = sentence; });
  }

  async handle(command: Handled): Promise<void> {
    switch (command.type) {
      case 'describe': return this.describe(command.source);
      case 'bring': return this.bring(command.name, command.files);
      case 'authorise': return this.places?.authorise(command.token);
      case 'fetch': return this.fetch(command.source, command.weights);
      case 'stop_fetching': return this.fetching?.stop.abort();
      case 'lend_tokenizer': return this.lend(command.source);
      case 'list_kept': return this.listKept();
      case 'forget':
        this.library.forget(command.source);
        await this.places?.forget(command.source);
        return this.listKept();
      case 'adapt': return this.adapt(command);
      default: return command satisfies never;
    }
  }

  private async describe(asked: string): Promise<void> {
    try {
      const { facts } = await this.library.describe(asked);
      this.post({ type: 'described', asked, facts, toFetch: await this.library.toFetch(asked) });
    } catch (error) {
      this.post({ type: 'undescribed', asked, refusal: await this.refusalOf(asked, error) });
    }
  }

  private async bring(name: string, files: { path: string; blob: Blob }[]): Promise<void> {
    try {
      const source = await this.places?.bring(name, files);
      if (source !== undefined) await this.describe(source);
    } catch (error) {
      this.post({ type: 'undescribed', asked: name, refusal: await this.refusalOf(name, error) });
    }
  }

  private async adapt({ name, files, config }: Extract<Handled, { type: 'adapt' }>): Promise<void> {
    const model = config?.model.source ?? '';
    try {
      const adapter = await this.places?.bring(name, await unpacked(files));
      if (adapter === undefined || !config) return;
      const loaded = await this.library.model(model);
      const start = await this.library.start({ ...config, model: { ...config.model, adapter } }, loaded, headFor(factsOf(config.data)));
      this.post({ type: 'adapted', name, adapter, model, settings: settingsOnto(start!, config), notes: start!.notes });
    } catch (error) {
      const { file, detail } = await this.refusalOf(name, error);
      this.post({ type: 'unadapted', name, model, sentence: `${file}: ${detail.replace(/\.$/, '')}.` });
    }
  }

  /** All weights are read once: what is kept is on the disk then, and every file has been checked; what is not goes straight to the device. */
  private async fetch(source: string, weights?: WeightFormat): Promise<void> {
    this.fetching?.stop.abort();
    const stop = new AbortController();
    this.fetching = { source, stop };
    this.note = undefined;
    const { signal } = stop;
    try {
      const { facts, source: opened } = await this.library.describe(source);
      const started = performance.now();
      const here = facts.weightBytes - (await this.library.toFetch(source));
      let before = 0;
      let told = 0;
      const tell = (bytes: number) => {
        const now = performance.now();
        if (now - told < TELL_EVERY_MS && bytes < facts.weightBytes) return;
        told = now;
        const seconds = (now - started) / 1000;
        // What was here already came at no speed that says anything.
        this.post({ type: 'fetching', source, bytes, of: facts.weightBytes, ...(seconds > 0.5 && bytes > here && { bytesPerSecond: (bytes - here) / seconds }) });
      };
      tell(here);
      for (const { path, bytes } of facts.files.filter((file) => file.path.endsWith('.safetensors'))) {
        const progress = (done: number) => tell(Math.max(here, before + done));
        if (opened.keeps) for await (const _ of opened.stream(path, { signal, progress })) throwIfStopped(signal, path);
        before += bytes;
      }
      await this.library.model(source);
      if (!opened.keeps) await this.load(source, weights, { signal, progress: tell });
      throwIfStopped(signal, facts.name);
      this.post({ type: 'fetched', source, ...(this.note !== undefined && { note: this.note }) });
    } catch (error) {
      this.library.unload(source);
      this.post({ type: 'unfetched', source, refusal: await this.refusalOf(source, error) });
      // What came before it broke off is here.
      await this.describe(source);
    } finally {
      if (this.fetching?.stop === stop) this.fetching = undefined;
    }
  }

  private async lend(source: string): Promise<void> {
    try {
      const { facts, source: opened } = await this.library.describe(source);
      if (facts.obstacle !== undefined) return this.post({ type: 'lent', source, longest: facts.longest, obstacle: facts.obstacle });
      const lent: LentTokenizer = { ...await readTokenizer(opened.read), chat: await readChatFiles(opened.read, (await opened.list()).map(({ path }) => path)) };
      this.post({ type: 'lent', source, longest: facts.longest, tokenizer: new Blob([JSON.stringify(lent)]) });
    } catch (error) {
      this.post({ type: 'lent', source, longest: 0, obstacle: (error as Error).message });
    }
  }

  private async listKept(): Promise<void> {
    this.post({ type: 'kept', ...(await this.places?.kept() ?? { models: [] }) });
  }

  private async refusalOf(source: string, error: unknown): Promise<ModelRefusal> {
    if (error instanceof SourceError) {
      const reference = readReference(source);
      const found = error.code === 'pickle_only' && reference?.kind === 'hub' ? await this.places?.conversionOf(reference).catch(() => undefined) : undefined;
      return { code: error.code, file: error.file, detail: error.detail, ...(found && { conversion: referenceText(found) }) };
    }
    if (error instanceof LoadError) return { code: 'unreadable', file: error.file, detail: error.detail };
    if (error instanceof Refusal && error.fault.code === 'bad_config') return { code: 'unreadable', file: source, detail: error.fault.problems[0] };
    const [, file, detail] = /^([\w.-]+\.\w+): (.*)$/s.exec((error as Error).message) ?? [];
    return { code: 'unreadable', file: file ?? source, detail: detail ?? (error as Error).message };
  }
}
