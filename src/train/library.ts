/** What runs share: sources, what they hold, checkpoints, tokenizers and datasets, each found out once. */
import type { RunConfig } from '../config/config';
import { isVirtual } from '../config/peft';
import { type ChatTemplate, chatTemplateOf } from '../data/chatTemplate';
import { readChatFiles } from '../data/tokenization/files';
import type { TextTokenizer } from '../data/tokenizer';
import { architectureOf } from '../model/architectures';
import { bodyShapes } from '../model/files/checkpointNames';
import { longestSequence } from '../model/files/checkpointConfig';
import { type Checkpoint, loadCheckpoint } from '../model/files/folder';
import { outlined } from '../model/files/storedTensors';
import type { TaskData } from '../data/tasks/task';
import type { ReadOptions, Source } from '../sources/source';
import { type Conversations, inTemplate } from './conversations';
import { type Dataset, loadDataset } from './dataset';
import { type Description, describeSource, toFetch } from './description';
import type { headFor } from './head';
import { Refusal } from './refusal';
import { Rows } from './rows';
import { readStart, type Start } from './start';
import { rowsWithRoom } from './tableRows';

export interface LoadedModel {
  checkpoint: Checkpoint;
  tokenizer: TextTokenizer;
}

/** Opens the place that a reference names. @throws SourceError */
export type OpenModel = (source: string, options?: ReadOptions) => Promise<Source>;

interface Known extends Description {
  source: Source;
}

export class Library {
  private readonly known = new Map<string, Promise<Known>>();
  private readonly models = new Map<string, Promise<LoadedModel>>();
  private readonly templates = new Map<string, Promise<ChatTemplate | undefined>>();
  private readonly starts = new Map<string, Promise<Start>>();
  /** Where rows come from. */
  readonly rows = new Rows();
  private dataset: { key: string; made: Dataset } | undefined;

  constructor(private readonly open: OpenModel) {}

  /** What a source holds, without its weights. A failed look is forgotten, so that it can be tried again. @throws SourceError, LoadError */
  describe(source: string, options?: ReadOptions): Promise<Known> {
    return remembered(this.known, source, async () => {
      const opened = await this.open(source, options);
      const found = { ...(await describeSource(opened, options)), source: opened };
      // Under its pinned name it is the same.
      this.known.set(found.facts.source, Promise.resolve(found));
      return found;
    });
  }

  /** Forgets what was found out, since the place is to be asked again. */
  forget(source: string): void {
    this.known.delete(source);
    this.templates.delete(source);
    this.unload(source);
  }

  unload(source: string): void {
    this.models.delete(source);
  }

  /** Bytes of weights that are not on this machine. */
  async toFetch(source: string): Promise<number> {
    const { source: opened, facts } = await this.describe(source);
    return toFetch(opened, facts);
  }

  /** Tokenizer, and checkpoint whose weights are still where they lie. @throws SourceError, LoadError, Refusal where there is no tokenizer that is read */
  model(source: string): Promise<LoadedModel> {
    return remembered(this.models, source, async () => {
      const { source: opened, facts, tokenizer } = await this.describe(source);
      if (!tokenizer) throw new Refusal({ code: 'bad_config', problems: [`model: ${facts.obstacle}`] });
      return { checkpoint: await loadCheckpoint(opened), tokenizer };
    });
  }

  /** A model of which only the sizes are known: enough to plan a run, and for nothing else. @throws as `model` */
  async outline(source: string): Promise<LoadedModel> {
    const { facts, config, tokenizer } = await this.describe(source);
    if (!tokenizer) throw new Refusal({ code: 'bad_config', problems: [`model: ${facts.obstacle}`] });
    const { tie } = architectureOf(config);
    const body = bodyShapes(config);
    const output = config.causal && !config.tied ? [[tie.head, body.get(tie.embedding)!] as const] : [];
    return { checkpoint: { config, tensors: new Map([...body, ...output].map(([name, shape]) => [name, outlined(name, shape)])) }, tokenizer };
  }

  /** The adapter that a configuration begins with, on its base; undefined where it names none. @throws SourceError, LoadError */
  start({ model: { source, adapter } }: RunConfig, { checkpoint }: LoadedModel, head: ReturnType<typeof headFor>): Promise<Start | undefined> {
    if (adapter === undefined) return Promise.resolve(undefined);
    return remembered(this.starts, JSON.stringify([source, adapter, head]), async () => {
      const { source: base } = await this.describe(source);
      return readStart(await this.open(adapter), { source: base, checkpoint }, head);
    });
  }

  /** How the model knows conversations, which only tables with some ask for. @throws SourceError, Refusal where its template is none */
  private template(source: string): Promise<ChatTemplate | undefined> {
    return remembered(this.templates, source, async () => {
      const { source: opened } = await this.describe(source);
      const { config, jinja } = await readChatFiles(opened.read, (await opened.list()).map(({ path }) => path));
      try {
        return chatTemplateOf(config, jinja);
      } catch (error) {
        throw new Refusal({ code: 'bad_config', problems: [`model: ${(error as Error).message}`] });
      }
    });
  }

  /** The rows of a configuration; the last ones are kept, since a page asks for the same again and again. */
  async data(config: RunConfig, model: LoadedModel): Promise<Dataset> {
    const { data, seed, evaluation: { rows }, model: { source, peft, virtualTokens } } = config;
    // Virtual tokens take positions too.
    const positions = longestSequence(model.checkpoint.config) - (isVirtual(peft) ? virtualTokens : 0);
    if (data.maxLength > positions) throw new Refusal({ code: 'bad_config', problems: [`data: a greatest length of ${data.maxLength} tokens, but this model has positions for ${positions}; choose a number up to that, or 0 for as many as it takes`] });
    const longest = data.maxLength || positions;
    const key = JSON.stringify([data, source, seed, longest, rows]);
    if (this.dataset?.key === key) return this.dataset.made;
    const given = await this.rows.of(config);
    const { examples: found, conversations }: { examples: TaskData; conversations?: Conversations } = given.train[0]?.messages ? inTemplate(given, await this.template(source)) : { examples: given };
    // The page's own prompts are short.
    const { examples, leftOut } = data.table ? rowsWithRoom(found, model.tokenizer, longest) : { examples: found, leftOut: 0 };
    const made = { ...loadDataset(config, examples, model.tokenizer, longest, model.checkpoint.config.vocabulary), leftOut, ...(conversations && { conversations }) };
    this.dataset = { key, made };
    return made;
  }
}

/** The value of `key`, made where there is none; one that fails is forgotten. */
function remembered<T>(values: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = values.get(key);
  if (known) return known;
  const making = make();
  values.set(key, making);
  making.catch(() => values.get(key) === making && values.delete(key));
  return making;
}
