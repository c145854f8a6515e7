/** One model, its trained tensors and its current plans on one device: submits steps and evaluations, and knows nothing of runs. */
import { Execution } from '../graph/execution';
import { readRanges } from '../gpu/readback';
import type { Plan } from '../graph/compile';
import type { ModelConfig } from '../model/modelConfig';
import { formatOf, frozenTensors } from '../model/formatOf';
import type { Method } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { residualWeights } from '../model/pissa';
import { type BatchShape, STATE_ROWS, STATES, statesBytes } from '../model/passes';
import { PLACES, placesOf } from '../model/places';
import { planEvaluation, targetOf } from '../model/plans';
import { ModelState, STEP_BYTES } from '../model/state';
import { Weights } from '../model/weights';
import { countedLabels } from './rowRules';
import { StepExecutions } from './stepExecutions';
import { packSpans, packStep, type StepValues } from './stepUniform';
import type { TrainerOptions } from './trainerOptions';

/** Rows padded on the right to one width. */
export interface HostBatch {
  /** (B·T) */
  ids: Uint32Array;
  /** (B) real tokens of each row */
  lengths: Uint32Array;
  /** (B) class numbers, −100 where a row does not count, or scores; for a language model (B·rows) the token each row should predict, −100 where it is not scored */
  labels: Float32Array;
  /** (B) numbers of the training rows, for a plan that reads kept states. */
  rows?: Uint32Array;
}

/** What a caller says of a step; the rest follows from its batches and the model. */
export type StepInput = Omit<StepValues, 'maskStep' | 'microBatch' | 'countedRows' | 'layers' | 'recorded'>;

export class Trainer {
  private readonly scratch = new DataView(new ArrayBuffer(STEP_BYTES));

  /** @param own weights that were loaded for this trainer alone */
  private constructor(readonly state: ModelState, readonly options: TrainerOptions, private training: StepExecutions, private readonly own: Weights | undefined) {}

  /** Builds the training plan, and loads the weights where none are given. @throws LoadError, or when something cannot be allocated or compiled */
  static async create(options: TrainerOptions, progress?: (done: number, of: number) => void): Promise<Trainer> {
    const { gpu, checkpoint, config, method, cached } = options;
    const own = options.weights ? undefined : await Weights.load(gpu, frozenTensors(config, method, checkpoint.tensors), { formatOf: formatOf(config, method) });
    const state = new ModelState(gpu, options.weights ?? own!, parameterSpecs(config, method), checkpoint.tensors);
    try {
      if (cached) state.provide(STATES, statesBytes(cached, config.hidden));
      return new Trainer(state, options, await StepExecutions.create(options, state, progress), own);
    } catch (error) {
      state.destroy();
      own?.destroy();
      throw error;
    }
  }

  /** The widest plan with the whole loss. */
  get plan(): Plan {
    return this.training.main.plan;
  }

  get execution(): Execution {
    return this.training.main;
  }

  /** Bytes that the present plans take. */
  get planBytes(): number {
    return this.training.bytes;
  }

  /** Sets every trained tensor, and what of the frozen weights depends on them, and forgets the optimizer's moments. */
  async reset(values: Map<string, Float32Array>): Promise<void> {
    const { config, method, checkpoint } = this.options;
    await this.state.reset(values);
    if (method.peft !== 'pissa') return;
    for await (const [name, rest] of residualWeights(config, method, parameterSpecs(config, method), checkpoint.tensors, values)) this.state.weights.overwrite(name, rest);
  }

  /**
   * Submits one optimizer step, a submit for each of its micro-batches; nothing is waited for.
   * @param batches up to M micro-batches, each of the plan's rows and of one of its widths: the step follows the gradient of the mean over the counted rows of them all
   * @param copy may record copies that follow the step's work
   * @returns how many rows counted; with none, losses and gradients are 0 and only decay and what the optimizer remembers move the tensors
   * @throws when the trainer was made for fewer batches a step
   */
  step(batches: readonly HostBatch[], values: StepInput, copy?: (encoder: GPUCommandEncoder) => void): number {
    const { gpu, config, method, accumulation = 1 } = this.options;
    const rates = { ...values, recorded: method.dropout, layers: config.layers };
    const last = batches.length - 1;
    if (last < 0 || last >= accumulation) throw new Error(`trainer: ${batches.length} batches in a step of a plan for ${accumulation}; set accumulation to ${Math.max(1, batches.length)}`);
    const countedRows = batches.reduce((sum, { labels }) => sum + countedLabels(labels, config.problem), 0);
    const executions = batches.map((batch) => this.training.at(values.step, widthOf(batch)));
    batches.forEach((batch, microBatch) => {
      const execution = executions[microBatch];
      packStep({ ...rates, maskStep: values.step * accumulation + microBatch, microBatch, countedRows }, this.scratch);
      gpu.device.queue.writeBuffer(this.state.step, 0, this.scratch.buffer);
      writeBatch(execution, batch, config, this.options.cached?.tokens);
      if (execution.reads('spans')) execution.write('spans', packSpans(rates, batch.lengths));
      execution.submit('train', microBatch === last ? copy : undefined, {
        prepare: execution.plan.accumulating && microBatch === 0 ? (encoder) => this.state.clearGradients(encoder) : undefined,
        finishes: microBatch === last,
      });
    });
    return countedRows;
  }

  /** Makes the executions of a changed method over the same weights, gradients and moments, while the present ones go on. */
  prepare(method: Method, progress?: (done: number, of: number) => void): Promise<StepExecutions> {
    return StepExecutions.create({ ...this.options, method }, this.state, progress);
  }

  /** Trains with `executions` from the next step on. */
  swap(executions: StepExecutions, method: Method): void {
    this.training.destroy();
    this.training = executions;
    this.options.method = method;
  }

  /** An evaluate plan over the same weights. */
  evaluator(batch: BatchShape, keep: 'logits' | 'losses' | 'attention' = 'logits'): Promise<Execution> {
    const { gpu, pipelines, config, method } = this.options;
    return Execution.create(gpu, pipelines, planEvaluation(config, method, batch, targetOf(gpu, this.options.target), keep), this.state);
  }

  /** Reads kept tensors of the training plan. */
  async read(names: string[]): Promise<Float32Array[]> {
    return readRanges(this.options.gpu.device, names.map((name) => this.training.main.kept(name)));
  }

  destroy(): void {
    this.training.destroy();
    this.state.destroy();
    this.own?.destroy();
  }
}

/** Tokens that the rows of a batch are padded to. */
const widthOf = ({ ids, lengths }: HostBatch): number => ids.length / lengths.length;

/**
 * Writes the rows a plan reads; labels in the number type its loss takes.
 * @param kept tokens a row has in the table of kept states, where there is one
 */
export function writeBatch(execution: Execution, batch: HostBatch, config: ModelConfig, kept = widthOf(batch)): void {
  execution.write('ids', batch.ids);
  execution.write('lengths', batch.lengths);
  if (execution.reads(PLACES)) execution.write(PLACES, placesOf(batch.ids, widthOf(batch), config.padId));
  if (batch.rows && execution.reads(STATE_ROWS)) execution.write(STATE_ROWS, stateRows(batch.rows, widthOf(batch), kept));
  execution.write('labels', config.problem === 'regression' ? batch.labels : Int32Array.from(batch.labels));
}

/** Rows of the table of kept states that a batch reads: token t of training row r is at r·`kept` + t. */
function stateRows(rows: Uint32Array, tokens: number, kept: number): Uint32Array {
  return Uint32Array.from({ length: rows.length * tokens }, (_, index) => rows[Math.floor(index / tokens)] * kept + (index % tokens));
}
