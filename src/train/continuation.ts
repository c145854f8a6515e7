/** A run as a script for transformers and peft: its rows, their order, its recipe, its first values, and hooks that draw the same masks. */
import script from '../adapters/continue.py?raw';
import { CONFIG_FILE } from '../adapters/config';
import { WEIGHTS_FILE } from '../adapters/files';
import { type FolderFacts, heldTensors, jsonFile } from '../adapters/outFolder';
import { peftFiles } from '../adapters/toPeft';
import { type Change, type RunConfig } from '../config/config';
import { withChanges } from '../config/diff';
import { learningRateOf } from '../config/schedule';
import { isLora, PEFT_TITLES } from '../config/peft';
import { Batches } from '../data/buckets';
import { architectureOf } from '../model/architectures';
import { heldFile, type OutFile, tensorsFile } from '../model/files/outFile';
import { initialValues } from '../model/initialValues';
import { parameterSpecs } from '../model/parameters';
import { TARGET } from '../random/masks';
import { methodOf } from './method';
import type { Preparation } from './preparation';

/** Numbers of rows that continue.json may hold: some 60 MB of text. */
const MOST_PLACES = 1e7;

/** Why a run has no such script; undefined where it has one. */
export function continuationProblem({ model, optimizer }: RunConfig, gpt2: boolean): string | undefined {
  if (!isLora(model.peft)) return `${PEFT_TITLES[model.peft]} has no low-rank branch, and the script for Python is written for LoRA and its relatives; take the adapter`;
  if (gpt2 && model.targets.some((target) => ['q', 'k', 'v'].includes(target))) return 'q, k and v of GPT-2 are slices of one layer, beside which peft has no branch of its own for each; choose qkv as the target';
  if (optimizer.steps * optimizer.accumulation * optimizer.batchSize > MOST_PLACES) return `the run reads ${optimizer.steps * optimizer.accumulation * optimizer.batchSize} rows in all, whose order is written out; lower the steps`;
  return undefined;
}

/** The files of the script. @throws with a sentence for a method that it does not have */
export async function continuationFiles(preparation: Preparation, { base, baseText, record }: FolderFacts): Promise<OutFile[]> {
  const { config, modelConfig, model, dataset, buckets, start } = preparation;
  const architecture = architectureOf(modelConfig);
  const problem = continuationProblem(config, architecture.name === 'gpt2');
  if (problem) throw new Error(problem);
  const trained = methodOf(config);
  const { tensors } = model.checkpoint;
  const specs = parameterSpecs(modelConfig, trained);
  const made = new Map([...await initialValues(modelConfig, trained, specs, tensors, config.seed), ...start?.values ?? []]);
  for (const { name, of } of specs) if (!made.has(name)) made.set(name, await tensors.get(of)!.read());
  // PiSSA begins as a plain branch on what it leaves of its base, which the script takes away.
  const plain = { ...trained, ...(trained.peft === 'pissa' && { peft: 'lora' as const }) };
  const peft = peftFiles({ config: modelConfig, trained: plain, values: made, base: tensors }, base);
  const layers = Array.from({ length: modelConfig.layers }, (_, layer) => layer);
  const targets = Object.fromEntries(config.model.targets.flatMap((target) => layers.filter((layer) => layer >= config.model.fromLayer).map((layer) => [architecture.targets[target]!.module(layer), TARGET[target]])));
  const { training, padId } = dataset;
  const { steps, accumulation, batchSize } = record.config.optimizer;
  const drawn = new Batches(record.config.seed, batchSize, buckets);
  const batches = Array.from({ length: steps * accumulation }, (_, number) => drawn.at(number));
  const data = {
    format: 'lora-dropout-continue', base: { ...base, text: baseText }, config: record.config, changes: record.changes.map(({ step, field, to }: Change) => ({ step, field, to: to ?? null })),
    problem: modelConfig.problem, labels: modelConfig.labels, causal: modelConfig.causal, layers: modelConfig.layers, pad_id: padId,
    targets, rate_ratio: trained.peft === 'loraplus' ? config.model.ratio : 1, residual: trained.peft === 'pissa',
    rows: { ids: training.ids.map((ids) => [...ids]), labels: [...training.labels], scored_from: training.scoredFrom ? [...training.scoredFrom] : null, ...(training.unscored && { unscored: training.unscored.map((gaps) => gaps ?? []) }) },
    order: batches.map(({ rows }) => [...rows]), widths: batches.map(({ width }) => width),
    learning_rates: Array.from({ length: steps }, (_, step) => learningRateOf(withChanges(record.config, record.changes.filter((change) => change.step <= step)), step)),
    losses: record.points.crossEntropy,
  };
  return [
    heldFile('continue.py', script), heldFile('continue.json', `${JSON.stringify(data)}\n`),
    jsonFile(`start/${CONFIG_FILE}`, peft.config), tensorsFile(`start/${WEIGHTS_FILE}`, heldTensors(peft.tensors)),
  ];
}
