/** What an architecture is to the engine: how its files read, what its tensors are called, and how its forward pass is recorded. */
import type { Target } from '../../config/peft';
import type { Tensor } from '../../graph/tensor';
import type { Builder } from '../builder';

export type Problem = 'classification' | 'regression' | 'language_model';

/** A checkpoint's sizes, in one shape for every architecture. */
export interface ModelConfig {
  architecture: string;
  /** Rows of the token embedding. */
  vocabulary: number;
  /** Width D of the residual stream. */
  hidden: number;
  layers: number;
  /** Query heads. */
  heads: number;
  /** Key/value heads; each serves heads / keyValueHeads query heads. */
  keyValueHeads: number;
  /** Width d of a head. */
  headSize: number;
  /** Width of the feed-forward block. */
  inner: number;
  /** Rows of the position embedding, or the longest sequence of rotary positions. */
  positions: number;
  /** Rows of the token type embedding, of which only row 0 is used; 0 where there is none. */
  types: number;
  padId: number;
  normEpsilon: number;
  /** Base of the rotary angles; 0 where positions are learned. */
  ropeTheta: number;
  /** Whether a query sees only the keys up to its own place. */
  causal: boolean;
  /** Whether the language-model head is the token embedding. */
  tied: boolean;
  /** Outputs of the head: classes, 1 for a regression; unused by a language model, whose outputs are the vocabulary. */
  labels: number;
  problem: Problem;
}

/** Names and shapes; linear weights are [out, in] unless an architecture stores them transposed. */
export type TensorShapes = Map<string, number[]>;

/** A linear layer that can carry a LoRA pair. */
export interface TargetModule {
  /** Name of the module in layer `layer`. */
  module(layer: number): string;
  outputs(config: ModelConfig): number;
  inputs(config: ModelConfig): number;
}

export interface Architecture {
  name: string;
  /** Reads the fields of `config.json`. @throws LoadError for anything the engine does not compute exactly */
  parse(fields: ConfigFields): Omit<ModelConfig, 'architecture' | 'labels' | 'problem'>;
  /** What every checkpoint of this architecture must have. */
  body(config: ModelConfig): TensorShapes;
  /** What a checkpoint may lack, one group a layer: pooler and heads. */
  heads(config: ModelConfig): TensorShapes[];
  /** Modules that are trained whole beside an adapter when the problem is not language modelling. */
  trainedHeads: string[];
  targets: Partial<Record<Target, TargetModule>>;
  /** The position of the first token in the position table. */
  firstPosition(config: ModelConfig): number;
  /** Modules of a layer after which a bottleneck adapter sits: the attention projection and the FFN. */
  sublayers(layer: number): string[];
  /** Normalisation tensors that are trained together with bottleneck adapters: those next to them. */
  sublayerNorm: RegExp;
  /** Prefix of the body's tensors, which a file may leave out. */
  prefix: string;
  /** Records what enters the first layer: token and position embeddings (S,V+T,D). */
  embed(build: Builder): Tensor;
  /** Records one layer: (S,V+T,D) → (S,V+T,D). */
  layer(build: Builder, layer: number, x: Tensor): Tensor;
  /** Records what follows the last layer and returns the logits. */
  head(build: Builder, x: Tensor): Tensor;
}

/** Reads fields of `config.json`, with sentences for what is missing or unusable. */
export interface ConfigFields {
  size(name: string): number;
  sizeOr(name: string, otherwise: number): number;
  number(name: string, otherwise: number): number;
  text(name: string, otherwise: string): string;
  /** `otherwise` (false) where the file has none. */
  flag(name: string, otherwise?: boolean): boolean;
  /** A list, empty where the file has none. */
  texts(name: string): string[];
  /** The padding id, or `otherwise` where the file has none. */
  padId(otherwise: number): number;
  /** Base of the rotary angles, wherever this version of transformers puts it. */
  ropeTheta(): number;
  refuse(detail: string): Error;
}

/** Adds `name.weight` and `name.bias` of a linear layer. */
export function addLinear(shapes: TensorShapes, name: string, outputs: number, inputs: number, options: { bias?: boolean; transposed?: boolean } = {}): void {
  shapes.set(`${name}.weight`, options.transposed ? [inputs, outputs] : [outputs, inputs]);
  if (options.bias ?? true) shapes.set(`${name}.bias`, [outputs]);
}

export function addNorm(shapes: TensorShapes, name: string, width: number): void {
  shapes.set(`${name}.weight`, [width]);
  shapes.set(`${name}.bias`, [width]);
}

/** One layer as a group of its own. */
export function linearGroup(name: string, outputs: number, inputs: number, bias = true): TensorShapes {
  const shapes: TensorShapes = new Map();
  addLinear(shapes, name, outputs, inputs, { bias });
  return shapes;
}
