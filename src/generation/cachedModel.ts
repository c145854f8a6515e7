/** A decoder on the GPU with a key/value cache: everything is allocated before the first token, and a token costs one submit and one readback. */
import { Execution, type SharedBuffers } from '../graph/execution';
import type { Plan } from '../graph/compile';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { ReadbackRing } from '../gpu/readback';
import { rotaryTable } from '../kernels/rotary';
import { ANGLES, type CacheShape, cacheTensors, SOURCES } from '../model/keyValueCache';
import { type Trained, virtualRowsOf } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import { PLACES } from '../model/places';
import { type PlanTarget, targetOf } from '../model/plans';
import type { NextTokens } from './nextTokens';
import { planFill, planStep } from './plans';

export interface WritingModel {
  gpu: Gpu;
  pipelines: Pipelines;
  /** Weights and trained tensors as they are when a token is asked for. */
  state: SharedBuffers;
  /** Of a language model. */
  config: ModelConfig;
  trained: Trained;
  target?: Partial<PlanTarget>;
}

/** How much is written at once. */
export interface WritingShape {
  /** B */
  prompts: number;
  /** N beams a prompt, 1 without beam search. */
  beams: number;
  /** Tokens of the longest prompt. */
  longestPrompt: number;
  /** Tokens of the longest text that is read: prompt and what is written, but for the last token, which nothing follows. */
  longestText: number;
}

export const cacheShapeOf = (trained: Trained, { prompts, beams, longestText }: WritingShape): CacheShape => (
  { samples: prompts * beams, keys: virtualRowsOf(trained).keys + longestText, shared: beams > 1 });

/** Both plans and the sizes of the cache, before anything is allocated. */
export function planWriting({ gpu, config, trained, target }: Pick<WritingModel, 'gpu' | 'config' | 'trained' | 'target'>, shape: WritingShape): { fill: Plan; step: Plan; cache: CacheShape; bytes: number } {
  const cache = cacheShapeOf(trained, shape);
  const on = targetOf(gpu, target);
  const fill = planFill(config, trained, { samples: shape.prompts, tokens: shape.longestPrompt }, on, cache);
  const step = planStep(config, trained, cache, on);
  return { fill, step, cache, bytes: fill.bytes + step.bytes + cacheTensors(config, cache).reduce((sum, { bytes }) => sum + bytes, 0) };
}

export class CachedModel implements NextTokens {
  readonly samples: number;
  readonly vocabulary: number;
  readonly beams: number;
  private lengths: Uint32Array;
  private sources: Uint32Array;
  private readonly front: number;
  /** Cosines and sines of every position. */
  private readonly angles: Float32Array;

  private constructor(
    { config, trained }: WritingModel, private readonly shape: WritingShape, private readonly keys: number,
    private readonly plans: { fill: Execution; step: Execution }, private readonly cache: GPUBuffer[], private readonly home: ReadbackRing,
  ) {
    this.samples = shape.prompts * shape.beams;
    this.beams = shape.beams;
    this.vocabulary = config.vocabulary;
    this.front = virtualRowsOf(trained).keys;
    this.lengths = new Uint32Array(this.samples);
    this.sources = new Uint32Array(this.samples * keys);
    this.angles = config.ropeTheta > 0 ? rotaryTable(keys, config.headSize, config.ropeTheta, 0) : new Float32Array(0);
  }

  /** @throws when something cannot be allocated or compiled */
  static async create(model: WritingModel, shape: WritingShape): Promise<CachedModel> {
    const { gpu, pipelines, state, config } = model;
    const { device } = gpu;
    const { fill, step, cache } = planWriting(model, shape);
    device.pushErrorScope('out-of-memory');
    const buffers = new Map(cacheTensors(config, cache).map(({ label, bytes }) => [label, device.createBuffer({ label, size: bytes, usage: GPUBufferUsage.STORAGE })]));
    const failure = await device.popErrorScope();
    const made: Execution[] = [];
    const undo = () => [...made, ...buffers.values()].forEach((one) => one.destroy());
    try {
      if (failure) throw new Error(`cache: the GPU could not allocate its keys and values (${failure.message}); write fewer tokens, or with fewer beams`);
      const shared: SharedBuffers = {
        step: state.step,
        bindingOf(tensor) {
          const buffer = tensor.role === 'shared' ? buffers.get(tensor.label) : undefined;
          return buffer ? { buffer } : state.bindingOf(tensor);
        },
      };
      for (const plan of [fill, step]) made.push(await Execution.create(gpu, pipelines, plan, shared));
      const home = new ReadbackRing(device, 'logits', cache.samples * config.vocabulary * 4, 1);
      return new CachedModel(model, shape, cache.keys, { fill: made[0], step: made[1] }, [...buffers.values()], home);
    } catch (error) {
      undo();
      throw error;
    }
  }

  fill(prompts: readonly ArrayLike<number>[]): Promise<Float32Array> {
    const { prompts: B, beams, longestPrompt: T } = this.shape;
    const ids = new Uint32Array(B * T);
    // Rows that nobody asked for repeat the last one.
    const rowOf = (row: number) => prompts[Math.min(row, prompts.length - 1)];
    for (let row = 0; row < B; row++) ids.set(rowOf(row) as ArrayLike<number>, row * T);
    const { fill } = this.plans;
    fill.write('ids', ids);
    fill.write('lengths', Uint32Array.from({ length: B }, (_, row) => rowOf(row).length));
    this.lengths = Uint32Array.from({ length: this.samples }, (_, sample) => rowOf(Math.floor(sample / beams)).length);
    this.sources = Uint32Array.from({ length: this.samples * this.keys }, (_, index) => { const sample = Math.floor(index / this.keys); return sample - (sample % beams); });
    return this.run(fill, B);
  }

  step(tokens: ArrayLike<number>, parents?: ArrayLike<number>): Promise<Float32Array> {
    const { samples: S, keys: C, front } = this;
    const { step } = this.plans;
    const [lengths, sources] = [this.lengths.slice(), this.sources.slice()];
    for (let sample = 0; sample < S; sample++) {
      const parent = parents?.[sample] ?? sample;
      // A finished row goes on to be computed, up to the end of the cache.
      lengths[sample] = Math.min(this.lengths[parent] + 1, C - front);
      sources.set(this.sources.subarray(parent * C, (parent + 1) * C), sample * C);
      sources[sample * C + front + lengths[sample] - 1] = sample;
    }
    [this.lengths, this.sources] = [lengths, sources];
    step.write('ids', Uint32Array.from(tokens));
    step.write('lengths', lengths);
    step.write(SOURCES, sources);
    step.write(PLACES, lengths.map((length) => length - 1));
    if (step.reads(ANGLES)) {
      const one = this.angles.length / C;
      const angles = new Float32Array(S * one);
      lengths.forEach((length, sample) => angles.set(this.angles.subarray((front + length - 1) * one, (front + length) * one), sample * one));
      step.write(ANGLES, angles);
    }
    return this.run(step, S);
  }

  /** Submits a plan and waits for its logits. */
  private async run(execution: Execution, rows: number): Promise<Float32Array> {
    const { buffer } = execution.kept('logits');
    const bytes = rows * this.vocabulary * 4;
    const staging = this.home.take();
    if (!staging) throw new Error('cache: two tokens were asked for at once; wait for the first');
    execution.submit('write', (encoder) => encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes));
    return new Float32Array(await this.home.read(staging), 0, rows * this.vocabulary);
  }

  destroy(): void {
    for (const one of [this.plans.fill, this.plans.step, this.home, ...this.cache]) one.destroy();
  }
}
