/** What runs share: checkpoints, tokenizers and datasets, loaded once each. */
import type { RunConfig } from '../config/config';
import { isVirtual } from '../config/peft';
import { checkIds, readTokenizer } from '../data/tokenization/files';
import { createTokenizer, type TextTokenizer } from '../data/tokenizer';
import { longestSequence } from '../model/files/checkpointConfig';
import { type Checkpoint, loadCheckpoint, type ModelFolder } from '../model/files/folder';
import { type Dataset, loadDataset } from './dataset';

export interface LoadedModel {
  checkpoint: Checkpoint;
  tokenizer: TextTokenizer;
}

export class Library {
  private readonly models = new Map<string, Promise<LoadedModel>>();
  private dataset: { key: string; made: Dataset } | undefined;

  /** @param folderOf the folder of a model by its name */
  constructor(private readonly folderOf: (name: string) => ModelFolder) {}

  /** The checkpoint and tokenizer of a folder. A failed load is forgotten, so that it can be tried again. */
  model(name: string): Promise<LoadedModel> {
    let loading = this.models.get(name);
    if (!loading) {
      const folder = this.folderOf(name);
      const tokenizer = readTokenizer((file) => folder.read(file)).then(({ tokenizerJson, tokenizerConfig }) => createTokenizer(tokenizerJson, tokenizerConfig));
      loading = Promise.all([loadCheckpoint(folder), tokenizer]).then(([checkpoint, made]) => {
        checkIds(made.vocabularySize, checkpoint.config.vocabulary);
        return { checkpoint, tokenizer: made };
      });
      loading.catch(() => this.models.delete(name));
      this.models.set(name, loading);
    }
    return loading;
  }

  /** The rows of a configuration; the last ones are kept, since a page asks for the same again and again. */
  data(config: RunConfig, model: LoadedModel): Dataset {
    const { data, seed, model: { folder, peft, virtualTokens } } = config;
    // Virtual tokens take positions too.
    const longest = longestSequence(model.checkpoint.config) - (isVirtual(peft) ? virtualTokens : 0);
    const key = JSON.stringify([data, folder, seed, longest]);
    if (this.dataset?.key !== key) this.dataset = { key, made: loadDataset(config, model.tokenizer, longest, model.checkpoint.config.vocabulary) };
    return this.dataset.made;
  }
}
