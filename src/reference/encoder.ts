/** The whole model, from token numbers to the head's outputs: BERT and RoBERTa with LoRA and every dropout position of masks.md. */
import type { EncoderTarget } from '../config/peft';
import type { Position } from '../config/dropout';
import type { ModelConfig } from '../model/modelConfig';
import { attend } from './attention';
import { add, assemble, cut, type Matrix, matrix, multiply, product, scale, transpose } from './autograd';
import type { CaseBatch, CaseFile, CaseRule } from './case';
import { gelu, layerNorm, linear, tanh } from './functions';
import { activationFactors, attentionMask, embeddingNoise, type Moment, POSITION_KIND, TARGET_NUMBER } from './masks';
import { type Parameters, TARGET_MODULE } from './parameters';

export interface ForwardInput {
  config: ModelConfig;
  method: CaseFile['method'];
  parameters: Parameters;
  batch: CaseBatch;
  /** Absent: evaluation, no mask and no rescale. */
  moment?: Moment;
  /** α of NEFTune's noise; without a moment there is none. */
  noise?: number;
}

/** Everything a layer needs to know about the pass it is part of. */
class Pass {
  readonly tokens: number[];
  readonly width: number;

  constructor(readonly input: ForwardInput) {
    this.tokens = input.batch.attention_mask.map((row) => row.reduce((sum, one) => sum + one, 0));
    this.width = input.batch.input_ids[0].length;
  }

  /** The rule that drops something at this place now. */
  rule(position: Position, layer: number): CaseRule | undefined {
    const rule = this.input.moment && this.input.method.dropout?.[position];
    if (!rule || rule.p === 0) return undefined;
    const everywhere = position === 'embedding' || position === 'output';
    return everywhere || layer >= (rule.from_layer ?? 0) ? rule : undefined;
  }

  /** x [B·T, width] (or [B, width] for the output) under its mask. */
  drop(x: Matrix, position: Position, layer: number, target?: EncoderTarget): Matrix {
    const rule = this.rule(position, layer);
    if (!rule) return x;
    const kind = POSITION_KIND[position] + (target === undefined ? 0 : TARGET_NUMBER[target]);
    const factors = activationFactors(rule, kind, layer, this.input.moment!, this.tokens, x.rows / this.tokens.length, x.columns);
    return multiply(x, matrix(x.rows, x.columns, factors));
  }

  /** A linear layer that may carry a LoRA pair: xWᵀ + b + (α/r)·(x̃Aᵀ)Bᵀ. */
  linear(x: Matrix, layer: number, target: EncoderTarget): Matrix {
    const { parameters, method, config } = this.input;
    const module = `${config.architecture}.encoder.layer.${layer}.${TARGET_MODULE[target]}`;
    const plain = linear(x, parameters.weight(`${module}.weight`), parameters.weight(`${module}.bias`));
    const pair = parameters.lora(module);
    if (!pair) return plain;
    const narrow = product(this.drop(x, 'lora_input', layer, target), transpose(pair.a));
    const branch = product(this.drop(narrow, 'lora_rank', layer, target), transpose(pair.b));
    return add(plain, scale(branch, method.alpha / method.r));
  }

  norm(x: Matrix, name: string): Matrix {
    const { parameters, config } = this.input;
    return layerNorm(x, parameters.weight(`${name}.weight`), parameters.weight(`${name}.bias`), config.normEpsilon);
  }
}

/** Token + position + segment, normalised: [B·T, D]. */
function embed(pass: Pass): Matrix {
  const { config, parameters, batch } = pass.input;
  const name = `${config.architecture}.embeddings`;
  const row = (table: string, index: number) => {
    const { values, columns } = parameters.weight(`${name}.${table}.weight`);
    return values.subarray(index * columns, (index + 1) * columns);
  };
  const { moment, noise } = pass.input;
  const added = moment && noise ? embeddingNoise(noise, moment, pass.tokens, pass.width, config.hidden) : undefined;
  const summed = batch.input_ids.flatMap((ids, sample) => ids.flatMap((id, place) => {
    const position = config.architecture === 'bert' ? place : robertaPosition(ids, place, config.padId!);
    const [word, where, segment] = [row('word_embeddings', id), row('position_embeddings', position), row('token_type_embeddings', 0)];
    const own = (sample * pass.width + place) * config.hidden;
    return Array.from(word, (value, i) => value + (added?.[own + i] ?? 0) + where[i] + segment[i]);
  }));
  const x = matrix(batch.input_ids.length * pass.width, config.hidden, summed);
  return pass.drop(pass.norm(x, `${name}.LayerNorm`), 'embedding', 0);
}

/** RoBERTa counts what is not padding, from behind the padding id; padding has the position of that id. */
function robertaPosition(ids: number[], place: number, padId: number): number {
  return ids[place] === padId ? padId : padId + ids.slice(0, place + 1).filter((id) => id !== padId).length;
}

/** One post-norm block: [B·T, D] → [B·T, D]. */
function block(pass: Pass, x: Matrix, layer: number): Matrix {
  const { config, moment } = pass.input;
  const name = `${config.architecture}.encoder.layer.${layer}`;
  const draw = (position: 'logits' | 'weights') => {
    const rule = pass.rule(position, layer);
    return rule && { rule, keep: attentionMask(rule, POSITION_KIND[position], layer, moment!, pass.tokens, config.heads, pass.width) };
  };
  const context = attend(
    pass.linear(x, layer, 'q'), pass.linear(x, layer, 'k'), pass.linear(x, layer, 'v'),
    pass.tokens, config.heads, { logits: draw('logits')?.keep, weights: draw('weights') },
  );
  const middle = pass.norm(add(pass.linear(context, layer, 'o'), x), `${name}.attention.output.LayerNorm`);
  const inner = pass.drop(gelu(pass.linear(middle, layer, 'up')), 'ffn_inner', layer);
  const outer = pass.drop(pass.linear(inner, layer, 'down'), 'hidden', layer);
  return pass.norm(add(outer, middle), `${name}.output.LayerNorm`);
}

/** The first token's vector through the head: [B, labels]. */
function classify(pass: Pass, x: Matrix): Matrix {
  const { config, parameters } = pass.input;
  const dense = (input: Matrix, name: string) => linear(input, parameters.weight(`${name}.weight`), parameters.weight(`${name}.bias`));
  const first = assemble(pass.tokens.length, config.hidden, pass.tokens.map((_, sample) => ({
    piece: cut(x, { row: sample * pass.width, column: 0 }, 1, config.hidden), corner: { row: sample, column: 0 },
  })));
  if (config.architecture === 'bert') return dense(pass.drop(tanh(dense(first, 'bert.pooler.dense')), 'output', 0), 'classifier');
  return dense(tanh(dense(pass.drop(first, 'output', 0), 'classifier.dense')), 'classifier.out_proj');
}

/** The outputs of one pass over one batch: [B, labels]. */
export function forward(input: ForwardInput): Matrix {
  const pass = new Pass(input);
  let x = embed(pass);
  for (let layer = 0; layer < input.config.layers; layer++) x = block(pass, x, layer);
  return classify(pass, x);
}
