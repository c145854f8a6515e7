/** What is known of an architecture before anything is recorded: how its files read, and what its tensors are called. */
import type { Target } from '../../config/peft';
import type { ModelConfig } from '../modelConfig';

/** Names and shapes; linear weights are [out, in] unless an architecture stores them transposed. */
export type TensorShapes = Map<string, number[]>;

/** A linear layer that can carry a LoRA pair. */
export interface TargetModule {
  /** Name of the module in layer `layer`. */
  module(layer: number): string;
  outputs(config: ModelConfig): number;
  inputs(config: ModelConfig): number;
}

export interface ArchitectureDescription {
  /** `model_type` in config.json. */
  name: string;
  /** As its authors call it. */
  title: string;
  /** Reads the fields of `config.json`. @throws LoadError for anything the engine does not compute exactly */
  parse(fields: ConfigFields): Omit<ModelConfig, 'architecture' | 'labels' | 'problem'>;
  /** What every checkpoint of this architecture must have. */
  body(config: ModelConfig): TensorShapes;
  /** What a checkpoint may lack, one group a layer: the pooler and the head of `config.problem`; nothing where that head is the token embedding. */
  heads(config: ModelConfig): TensorShapes[];
  /** The token embedding, and the matrix of the language-model head that is the same tensor where both are tied. */
  tie: { embedding: string; head: string };
  /** Modules that are trained whole beside an adapter when the problem is not language modelling. */
  trainedHeads: string[];
  targets: Partial<Record<Target, TargetModule>>;
  /** The position of the first token in the position table. */
  firstPosition(config: ModelConfig): number;
  /** Whether the row of the padding id in the token embedding learns nothing from lookups (`nn.Embedding(padding_idx)`). */
  padded: boolean;
  /** Whether positions count what is not padding, and padding has the row of its own id in the position table, which learns nothing (RoBERTa). */
  countsPositions?: boolean;
  /** Modules of a layer after which a bottleneck adapter sits: the attention projection and the FFN. */
  sublayers(layer: number): string[];
  /** Normalisation tensors that are trained together with bottleneck adapters: those next to them. */
  sublayerNorm: RegExp;
  /** Prefix of the body's tensors, which a file may leave out. */
  prefix: string;
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
  /** The padding id, or `otherwise` where the file has no such field; none where it says null. */
  padId(otherwise?: number): number | undefined;
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

/** The head of a decoder: scores of classes, or the vocabulary where a language model does not share its token embedding. */
export function causalHeads({ problem, labels, hidden, vocabulary, tied }: ModelConfig): TensorShapes[] {
  if (problem !== 'language_model') return [linearGroup('score', labels, hidden, false)];
  return tied ? [] : [linearGroup('lm_head', vocabulary, hidden, false)];
}
