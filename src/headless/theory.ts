/** Measures over a run what the theory says of DropAttention's gradient. The run trains with DropAttention; its weights are lent to the measurements. */
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import type { DropoutRules } from '../config/dropout';
import { scheduleFactor } from '../config/schedule';
import { Batches } from '../data/buckets';
import { acquireDevice, type Profile } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { initialValues } from '../model/initialValues';
import { parameterSpecs } from '../model/parameters';
import { adapterName } from '../protocol/browsers';
import { diskSource } from '../sources/disk';
import type { TheoryPoint } from '../studies/theory';
import { Autotuner } from '../train/autotune';
import { batchOf } from '../train/dataset';
import { Library } from '../train/library';
import { methodOf } from '../train/method';
import { prepare } from '../train/preparation';
import { type StepInput, Trainer } from '../train/trainer';
import { type Measurement, measureLogits, measureTrained, namesOf, type Pair, rulesAt } from './gradientNoise';

const RATES = [0.05, 0.1, 0.2, 0.3, 0.5];
/** Rate of the run itself. */
const TRAINED_AT = 0.1;
/** Rows whose gradients are measured together. */
const ROWS = 32;

export interface TheoryOptions {
  gpu: GPU;
  /** Folder that holds the models' folders. */
  models: string;
  profile?: Profile;
  draws: number;
  /** Steps of the run at which is measured, its first and its last among them. */
  moments: number;
  seed: number;
}

/** @param said told each point as it is known @throws with a sentence */
export async function measureTheory({ gpu: access, models, profile, draws, moments, seed }: TheoryOptions, said: (point: TheoryPoint) => void): Promise<{ config: RunConfig; device: string; points: TheoryPoint[] }> {
  const gpu = await acquireDevice(access, { profile });
  const pipelines = new Pipelines(gpu);
  const library = new Library(async (name) => diskSource(`${models}/${name}`, { kind: 'builtin', name }));
  const config: RunConfig = { ...DEFAULT_CONFIG, seed, dropout: rulesAt(TRAINED_AT, 'normalize_stopgrad') };
  const { model: { checkpoint }, modelConfig, dataset, buckets } = await prepare(gpu, new Autotuner(gpu, pipelines), library, config);
  const method = methodOf(config);
  const last = modelConfig.layers - 1;
  const values = await initialValues(modelConfig, method, parameterSpecs(modelConfig, method), checkpoint.tensors, seed);
  const make = async (samples: number, dropout: DropoutRules, keep?: string[]) => {
    const trainer = await Trainer.create({ gpu, pipelines, checkpoint, config: modelConfig, method: { ...method, dropout }, batch: { samples, tokens: dataset.width }, keep });
    await trainer.reset(values);
    return trainer;
  };
  const { batchSize, learningRate, steps, schedule, warmup, weightDecay, clip, smoothing } = config.optimizer;
  const run = await make(batchSize, config.dropout);
  const pairOf = async (from: number, keep?: string[]): Promise<Pair> => ({ attention: await make(ROWS, rulesAt(TRAINED_AT, 'normalize_stopgrad', from), keep), key: await make(ROWS, rulesAt(TRAINED_AT, 'normalize', from), keep) });
  const [ofLast, ofAll] = [await pairOf(last, namesOf(last)), await pairOf(0)];
  const how: Measurement = { batch: batchOf(dataset, dataset.training, Array.from({ length: ROWS }, (_, row) => row), 0), seed, draws };
  const batches = new Batches(seed, batchSize, buckets);
  const points: TheoryPoint[] = [];
  const at = new Set(Array.from({ length: moments }, (_, moment) => Math.round((moment * steps) / (moments - 1))));
  for (let number = 0; number <= steps; number++) {
    if (at.has(number)) {
      const now = await run.state.read('values');
      for (const trainer of [ofLast.attention, ofLast.key, ofAll.attention, ofAll.key]) trainer.state.restore('values', now);
      for (const p of RATES) {
        const point = { step: number, ...await measureLogits(ofLast, p, how), trained: await measureTrained(ofAll, p, { ...how, draws: Math.ceil(draws / 2) }) };
        points.push(point);
        said(point);
      }
    }
    if (number === steps) break;
    const input: StepInput = { seed, ringSlot: 0, step: number, steps, learningRate: learningRate * scheduleFactor(schedule, number, warmup, steps), weightDecay, clip, alpha: 0, smoothing, l1: 0, neftune: 0, rules: config.dropout };
    run.step([batchOf(dataset, dataset.training, batches.at(number).rows, 0, dataset.width)], input);
  }
  for (const trainer of [run, ofLast.attention, ofLast.key, ofAll.attention, ofAll.key]) trainer.destroy();
  return { config, device: `${adapterName(gpu.info)}, ${gpu.profile}`, points };
}
