/** The same decoder without a cache: every token costs the whole text again. What the cache is held against, and measured against. */
import { Execution } from '../graph/execution';
import { readRanges } from '../gpu/readback';
import type { WritingModel, WritingShape } from './cachedModel';
import type { NextTokens } from './nextTokens';
import { targetOf } from '../model/plans';
import { planFill } from './plans';

export class RecomputedModel implements NextTokens {
  readonly samples: number;
  readonly beams: number;
  readonly vocabulary: number;
  private texts: number[][] = [];

  private constructor(private readonly model: WritingModel, private readonly shape: WritingShape, private readonly execution: Execution) {
    this.samples = shape.prompts * shape.beams;
    this.beams = shape.beams;
    this.vocabulary = model.config.vocabulary;
  }

  static async create(model: WritingModel, shape: WritingShape): Promise<RecomputedModel> {
    const { gpu, pipelines, state, config, trained, target } = model;
    const batch = { samples: shape.prompts * shape.beams, tokens: shape.longestText };
    const plan = planFill(config, trained, batch, targetOf(gpu, target));
    return new RecomputedModel(model, shape, await Execution.create(gpu, pipelines, plan, state));
  }

  async fill(prompts: readonly ArrayLike<number>[]): Promise<Float32Array> {
    const { beams } = this.shape;
    this.texts = Array.from({ length: this.samples }, (_, sample) => Array.from(prompts[Math.min(Math.floor(sample / beams), prompts.length - 1)]));
    const all = await this.run();
    const row = (prompt: number) => all.subarray(prompt * beams * this.vocabulary, (prompt * beams + 1) * this.vocabulary);
    return Float32Array.from(Array.from({ length: this.shape.prompts }, (_, prompt) => Array.from(row(prompt))).flat());
  }

  step(tokens: ArrayLike<number>, parents?: ArrayLike<number>): Promise<Float32Array> {
    this.texts = this.texts.map((_, sample) => [...this.texts[parents?.[sample] ?? sample], tokens[sample]].slice(0, this.shape.longestText));
    return this.run();
  }

  private async run(): Promise<Float32Array> {
    const { longestText: T } = this.shape;
    const ids = new Uint32Array(this.samples * T);
    this.texts.forEach((text, sample) => ids.set(text, sample * T));
    this.execution.write('ids', ids);
    this.execution.write('lengths', Uint32Array.from(this.texts, ({ length }) => length));
    this.execution.submit('write');
    const [logits] = await readRanges(this.model.gpu.device, [this.execution.kept('logits')]);
    return logits;
  }

  destroy(): void {
    this.execution.destroy();
  }
}
