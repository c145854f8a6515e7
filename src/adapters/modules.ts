/** The modules of a model that an adapter may touch, by the names that transformers gives them. */
import { TARGETS } from '../config/peft';
import { architectureOf } from '../model/architectures';
import type { TensorShapes } from '../model/architectures/description';
import type { ModelConfig } from '../model/modelConfig';

export interface ModelModules {
  /** Every tensor of body and head, an untied head of a language model always among them. */
  shapes: TensorShapes;
  /** Linear layers but the last one, which `all-linear` leaves out. */
  linear: string[];
  /** Embeddings, and the last layer of the head. */
  others: string[];
  /** Those in which the engine trains a branch. */
  targets: ReadonlySet<string>;
  /** Whether a module's weight is stored (inputs, outputs). */
  inputsFirst(module: string): boolean;
}

const isInLayer = (name: string) => /\.\d+\./.test(name);
const moduleOf = (tensor: string) => tensor.slice(0, tensor.lastIndexOf('.'));

/** @param config of the problem that is asked */
export function modulesOf(config: ModelConfig): ModelModules {
  const architecture = architectureOf(config);
  const body = architecture.body(config);
  const heads = architecture.heads({ ...config, tied: false }).flatMap((group) => [...group]);
  const matrices = (shapes: Iterable<[string, number[]]>) => [...shapes].filter(([name, shape]) => name.endsWith('.weight') && shape.length === 2).map(([name]) => moduleOf(name));
  const embeddings = matrices(body).filter((module) => !isInLayer(module));
  const last = ['lm_head', 'score', 'classifier'];
  const headModules = matrices(heads);
  const targets = TARGETS.flatMap((target) => Array.from({ length: config.layers }, (_, layer) => architecture.targets[target]?.module(layer) ?? '')).filter((module) => body.has(`${module}.weight`));
  return {
    shapes: new Map([...body, ...heads]),
    linear: [...matrices(body).filter(isInLayer), ...headModules.filter((module) => !last.includes(module))],
    others: [...embeddings, ...headModules.filter((module) => last.includes(module))],
    targets: new Set(targets),
    inputsFirst: (module) => embeddings.includes(module) || (architecture.name === 'gpt2' && isInLayer(module)),
  };
}

/** Labels that a head's tensor says it has, undefined for a tensor of another size or none of the head. */
export function labelsOf(config: ModelConfig, name: string, shape: readonly number[]): number | undefined {
  const architecture = architectureOf(config);
  const shapeFor = (labels: number) => architecture.heads({ ...config, problem: 'classification', labels }).flatMap((group) => [...group]).find(([tensor]) => tensor === name)?.[1];
  // The tensor whose rows are counted is the one that differs for other numbers of labels.
  const [one, two] = [shapeFor(1), shapeFor(2)];
  return one && two && one[0] !== two[0] && shape.length === one.length ? shape[0] : undefined;
}
