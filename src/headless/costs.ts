/**
 * What a step of each variant of a study costs beside one of its baseline. Both are on the device at once and take turns, a few steps each, so that
 * what else the machine does falls on both; the median over all turns drops those that fell into a disturbance.
 */
import type { RunConfig } from '../config/config';
import { learningRateOf } from '../config/schedule';
import { Batches } from '../data/buckets';
import type { Profile } from '../gpu/device';
import { RING_SLOTS } from '../kernels/step_metrics';
import { initialValues } from '../model/initialValues';
import { virtualRowsOf } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { diskSource } from '../sources/disk';
import { median } from '../studies/statistics';
import { type Study, trialsOf } from '../studies/study';
import { Autotuner } from '../train/autotune';
import { batchOf } from '../train/dataset';
import { Library } from '../train/library';
import { methodOf } from '../train/method';
import { prepare } from '../train/preparation';
import { Trainer } from '../train/trainer';
import { openDevice, type Opened } from './device';

/** Steps of one turn: submitted together and then waited for. */
const STEPS = 3;
/** Turns of both. The first is not counted: drivers do things late. */
const TURNS = 21;

/** One run's trainer, and how to take steps with it. */
interface Runner {
  /** Milliseconds a step, over `steps` of them. */
  take(steps: number): Promise<number>;
  destroy(): void;
}

export interface CostOptions {
  gpu: GPU;
  /** Folder that holds the models' folders. */
  models: string;
  profile?: Profile;
}

async function runnerOf({ device: gpu, pipelines }: Opened, tuner: Autotuner, library: Library, config: RunConfig): Promise<Runner> {
  const { model: { checkpoint }, modelConfig, dataset, buckets, cached } = await prepare(gpu, tuner, library, config);
  const method = methodOf(config);
  const { batchSize, accumulation, weightDecay, clip, smoothing, l1, neftune, steps } = config.optimizer;
  const { widths } = buckets;
  const trainer = await Trainer.create({ gpu, pipelines, checkpoint, config: modelConfig, method, batch: { samples: batchSize, tokens: widths[widths.length - 1] }, widths, accumulation, cached, target: { tileFor: tuner.tileFor } });
  await trainer.reset(new Map(await initialValues(modelConfig, method, parameterSpecs(modelConfig, method), checkpoint.tensors, config.seed)));
  const batches = new Batches(config.seed, batchSize, buckets);
  let step = 0;
  const submit = () => {
    const drawn = Array.from({ length: accumulation }, (_, microBatch) => batches.at(step * accumulation + microBatch));
    trainer.step(drawn.map(({ rows, width }) => batchOf(dataset, dataset.training, rows, virtualRowsOf(method).rows, width)), {
      seed: config.seed, ringSlot: step % RING_SLOTS, step, steps, learningRate: learningRateOf(config, Math.min(step, steps - 1)), weightDecay, clip, smoothing, l1, neftune, alpha: config.consistency.alpha, rules: config.dropout,
    });
    step++;
  };
  return {
    async take(count) {
      const began = performance.now();
      for (let taken = 0; taken < count; taken++) submit();
      await gpu.device.queue.onSubmittedWorkDone();
      return (performance.now() - began) / count;
    },
    destroy: () => trainer.destroy(),
  };
}

/** Ratios by variant. @param said told each one's milliseconds a step beside the baseline's, medians of the same turns, as they are known. @throws with a sentence where a run cannot be made */
export async function measureCosts({ gpu, models, profile }: CostOptions, study: Study, said: (variant: string, milliseconds: number, ofBaseline: number) => void): Promise<Record<string, number>> {
  const opened = await openDevice(gpu, profile);
  const tuner = new Autotuner(opened.device, opened.pipelines);
  const library = new Library(async (name) => diskSource(`${models}/${name}`, { kind: 'builtin', name }));
  const all = trialsOf({ ...study, seeds: study.seeds.slice(0, 1), costs: undefined });
  const firstOf = (name: string) => all.find(({ variant, on }) => variant === name && on === all[0].on)!;
  const baseline = await runnerOf(opened, tuner, library, firstOf(study.baseline).config);
  const ratios: Record<string, number> = { [study.baseline]: 1 };
  try {
    for (const { name } of study.variants) {
      if (name === study.baseline) continue;
      const variant = await runnerOf(opened, tuner, library, firstOf(name).config);
      const times: [variant: number, baseline: number][] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        const ofBaseline = await baseline.take(STEPS);
        const ofVariant = await variant.take(STEPS);
        if (turn > 0) times.push([ofVariant, ofBaseline]);
      }
      variant.destroy();
      ratios[name] = Number(median(times.map(([one, other]) => one / other)).toFixed(2));
      said(name, median(times.map(([one]) => one)), median(times.map(([, other]) => other)));
    }
  } finally {
    baseline.destroy();
  }
  return ratios;
}
