/** One model, its trained tensors and its current plans on one device: submits steps and evaluations, and knows nothing of runs. */
import { Execution } from '../graph/execution';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { readRanges } from '../gpu/readback';
import type { Plan } from '../graph/compile';
import type { ModelConfig } from '../model/architectures/architecture';
import type { Checkpoint } from '../model/files/folder';
import type { Method, Passes } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { residualWeights } from '../model/pissa';
import { type BatchShape, planEvaluation, planTraining, type PlanTarget } from '../model/plans';
import { ModelState, sliceArena, STEP_BYTES } from '../model/state';
import { packSpans, packStep, type StepValues } from './stepUniform';

/** Rows padded on the right to one width. */
export interface HostBatch {
  /** (B·T) */
  ids: Uint32Array;
  /** (B) real tokens of each row */
  lengths: Uint32Array;
  /** (B) class numbers or scores; for a language model (B·rows) the token each row should predict, −100 where it is not scored */
  labels: Float32Array;
  /** Rows whose loss counts; left out: all samples. */
  countedRows?: number;
}

export interface TrainerOptions {
  gpu: Gpu;
  pipelines: Pipelines;
  checkpoint: Checkpoint;
  /** The checkpoint's configuration with the head the task needs. */
  config: ModelConfig;
  method: Method;
  batch: BatchShape;
  /** M: micro-batches a step may have; left out: 1. */
  accumulation?: number;
  passes?: Passes;
  keep?: string[];
  target?: Partial<PlanTarget>;
}

/** What a caller says of a step; the rest follows from its batches and the model. */
export type StepInput = Omit<StepValues, 'maskStep' | 'microBatch' | 'countedRows' | 'layers'>;

/** The training plan of `options`, without allocating anything: its bytes are what Start would take. */
export function planOf(options: Omit<TrainerOptions, 'pipelines' | 'checkpoint'>): Plan {
  const { gpu, config, method, batch, accumulation = 1, passes, keep } = options;
  const arena = sliceArena(parameterSpecs(config, method));
  return planTraining(config, method, batch, arena, targetOf(gpu, options.target), { passes, keep, accumulating: accumulation > 1 });
}

export function targetOf(gpu: Gpu, target: Partial<PlanTarget> = {}): PlanTarget {
  return { profile: gpu.profile, subgroupSize: gpu.subgroupSize, ...target };
}

export class Trainer {
  private readonly scratch = new DataView(new ArrayBuffer(STEP_BYTES));

  private constructor(readonly state: ModelState, readonly options: TrainerOptions, private training: Execution) {}

  /** Uploads the weights and builds the training plan. @throws when something cannot be allocated or compiled */
  static async create(options: TrainerOptions, progress?: (done: number, of: number) => void): Promise<Trainer> {
    const { gpu, pipelines, checkpoint, config, method } = options;
    const state = new ModelState(gpu, checkpoint.tensors, parameterSpecs(config, method));
    try {
      return new Trainer(state, options, await Execution.create(gpu, pipelines, planOf(options), state, progress));
    } catch (error) {
      state.destroy();
      throw error;
    }
  }

  get plan(): Plan {
    return this.training.plan;
  }

  get execution(): Execution {
    return this.training;
  }

  /** Sets every trained tensor, and what of the frozen weights depends on them, and forgets the optimizer's moments. */
  reset(values: Map<string, Float32Array>): void {
    const { config, method, checkpoint } = this.options;
    this.state.reset(values);
    if (method.peft === 'pissa') this.state.overwrite(residualWeights(config, method, parameterSpecs(config, method), checkpoint.tensors, values));
  }

  /**
   * Submits one optimizer step, a submit for each of its micro-batches; nothing is waited for.
   * @param batches the M micro-batches, each of the plan's rows: the step follows the gradient of the mean over the counted rows of them all
   * @param copy may record copies that follow the step's work
   * @throws when the trainer was made for one batch a step and there are more
   */
  step(batches: readonly HostBatch[], values: StepInput, copy?: (encoder: GPUCommandEncoder) => void): void {
    const { gpu, config } = this.options;
    const { accumulating } = this.training.plan;
    const last = batches.length - 1;
    if (last < 0 || (last > 0 && !accumulating)) throw new Error(`trainer: ${batches.length} batches in a step of a plan for one; set accumulation to ${batches.length}`);
    const countedRows = batches.reduce((sum, batch) => sum + (batch.countedRows ?? batch.lengths.length), 0);
    batches.forEach((batch, microBatch) => {
      packStep({ ...values, maskStep: values.step * batches.length + microBatch, microBatch, countedRows, layers: config.layers }, this.scratch);
      gpu.device.queue.writeBuffer(this.state.step, 0, this.scratch.buffer);
      writeBatch(this.training, batch, config);
      if (this.training.reads('spans')) this.training.write('spans', packSpans(values.rules, config.layers, batch.lengths));
      this.training.submit('train', microBatch === last ? copy : undefined, {
        prepare: accumulating && microBatch === 0 ? (encoder) => this.state.clearGradients(encoder) : undefined,
        finishes: microBatch === last,
      });
    });
  }

  /** Makes the execution of a changed method over the same weights, gradients and moments, while the present one goes on. */
  prepare(method: Method, progress?: (done: number, of: number) => void): Promise<Execution> {
    const { gpu, pipelines } = this.options;
    return Execution.create(gpu, pipelines, planOf({ ...this.options, method }), this.state, progress);
  }

  /** Trains with `execution` from the next step on. */
  swap(execution: Execution, method: Method): void {
    this.training.destroy();
    this.training = execution;
    this.options.method = method;
  }

  /** An evaluate plan over the same weights. */
  evaluator(batch: BatchShape, attention = false): Promise<Execution> {
    const { gpu, pipelines, config, method } = this.options;
    return Execution.create(gpu, pipelines, planEvaluation(config, method, batch, targetOf(gpu, this.options.target), attention), this.state);
  }

  /** Reads kept tensors of the training plan. */
  async read(names: string[]): Promise<Float32Array[]> {
    return readRanges(this.options.gpu.device, names.map((name) => this.training.kept(name)));
  }

  destroy(): void {
    this.training.destroy();
    this.state.destroy();
  }
}

/** Writes the rows a plan reads; labels in the number type its loss takes. */
export function writeBatch(execution: Execution, batch: HostBatch, config: ModelConfig): void {
  execution.write('ids', batch.ids);
  execution.write('lengths', batch.lengths);
  execution.write('labels', config.problem === 'regression' ? batch.labels : Int32Array.from(batch.labels));
}
