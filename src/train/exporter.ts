/** What a run has trained, as files: the adapter or the merged model, with a card that says how it was made. */
import { adapterFiles, type FolderFacts, mergedFiles, recordFiles } from '../adapters/outFolder';
import type { TrainedModel } from '../adapters/trainedModel';
import { modelName } from '../config/models';
import { isCommit, shortName } from '../config/sources';
import { initialValues } from '../model/initialValues';
import type { OutFile } from '../model/files/outFile';
import { parameterSpecs } from '../model/parameters';
import type { ExportForm } from '../protocol/exportMessages';
import type { RunRecord } from '../protocol/run';
import type { Source } from '../sources/source';
import { continuationFiles } from './continuation';
import { methodOf } from './method';
import type { Preparation } from './preparation';

/** The trained tensors of a run at one step, by their saved name. */
export interface Weights {
  step: number;
  values: ReadonlyMap<string, Float32Array>;
}

export interface Exported {
  step: number;
  files: OutFile[];
}

/** @throws with a sentence where a weight is no number */
async function trainedModel({ config, modelConfig, model }: Preparation, { values, step }: Weights): Promise<TrainedModel> {
  for (const [name, tensor] of values) {
    const wrong = tensor.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new Error(`after step ${step} ${name} is not finite (value ${wrong} is ${tensor[wrong]}), so the run went astray; take the weights of the best evaluation`);
  }
  const trained = methodOf(config);
  const { tensors } = model.checkpoint;
  const start = trained.peft === 'pissa' ? await initialValues(modelConfig, trained, parameterSpecs(modelConfig, trained), tensors, config.seed) : undefined;
  return { config: modelConfig, trained, values, start, base: tensors };
}

function factsOf({ config, modelConfig, dataset: { facts } }: Preparation, { reference }: Source, record: RunRecord, step: number): FolderFacts {
  return {
    record, step, start: record.config.model.adapter && modelName(record.config.model.adapter),
    base: reference.kind === 'hub' ? { name: reference.id, revision: isCommit(reference.revision) ? reference.revision : null } : { name: null, revision: null },
    baseText: reference.kind === 'builtin' ? `${reference.name}, which comes with the playground` : shortName(reference),
    data: `${facts.title}, ${config.data.rows} training rows${config.data.table ? '' : `, ${config.data.noise} of the labels wrong`}`,
    writes: modelConfig.problem === 'language_model', labels: modelConfig.labels,
  };
}

/** @throws with a sentence where the method has no such form */
export async function exportFiles(preparation: Preparation, weights: Weights, source: Source, record: RunRecord, form: ExportForm): Promise<Exported> {
  const { step } = weights;
  const model = await trainedModel(preparation, weights);
  const facts = factsOf(preparation, source, record, step);
  if (form === 'python') {
    // A run that was gone on with from a checkpoint no longer has what it began with.
    if (record.config.model.adapter !== undefined && !preparation.start) throw new Error('this run was gone on with from a checkpoint, which does not hold the adapter that it began with, and the script begins there; train it again from the adapter');
    return { step, files: [...await continuationFiles(preparation, facts), ...recordFiles(record)] };
  }
  const files = form === 'adapter' ? adapterFiles(model, facts) : await mergedFiles(model, facts, preparation.dataset.facts.labels, source);
  return { step, files: [...files, ...recordFiles(record)] };
}
