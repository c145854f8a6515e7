/** What runs share: checkpoints, tokenizers and datasets, loaded once each. */
import type { RunConfig } from '../config/config';
import { createTokenizer, type TextTokenizer } from '../data/tokenizer';
import type { ModelConfig } from '../model/architectures/architecture';
import { longestSequence } from '../model/files/checkpointConfig';
import { type Checkpoint, loadCheckpoint, type ModelFolder } from '../model/files/folder';
import { type Dataset, loadDataset } from './dataset';

export interface LoadedModel {
  checkpoint: Checkpoint;
  tokenizer: TextTokenizer;
}

const parse = (bytes: ArrayBuffer) => JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

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
      const tokenizer = Promise.all([folder.read('tokenizer.json'), folder.read('tokenizer_config.json')]).then(([json, config]) => createTokenizer(parse(json), parse(config)));
      loading = Promise.all([loadCheckpoint(folder), tokenizer]).then(([checkpoint, made]) => ({ checkpoint, tokenizer: made }));
      loading.catch(() => this.models.delete(name));
      this.models.set(name, loading);
    }
    return loading;
  }

  /** The rows of a configuration; the last ones are kept, since a page asks for the same again and again. */
  data(config: RunConfig, model: LoadedModel): Dataset {
    const key = JSON.stringify([config.data, config.model.folder, config.seed]);
    if (this.dataset?.key !== key) this.dataset = { key, made: loadDataset(config, model.tokenizer, longestSequence(model.checkpoint.config)) };
    return this.dataset.made;
  }
}

/** The checkpoint's configuration with the head that the task needs. */
export function configFor(checkpoint: Checkpoint, dataset: Dataset): ModelConfig {
  const regression = dataset.task.kind === 'regression';
  return { ...checkpoint.config, labels: regression ? 1 : dataset.task.labels.length, problem: regression ? 'regression' : 'classification' };
}
