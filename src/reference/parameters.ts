/** A case's weights as matrices: the frozen checkpoint and the trainable tensors under peft's names. */
import type { HeldCheckpoint } from '../model/files/folder';
import type { EncoderTarget } from '../config/peft';
import type { TensorFile } from '../model/files/safetensors';
import { type Matrix, matrix } from './autograd';

/** Module of a LoRA target below `encoder.layer.<n>.`, as transformers names it. */
export const TARGET_MODULE: Record<EncoderTarget, string> = {
  q: 'attention.self.query',
  k: 'attention.self.key',
  v: 'attention.self.value',
  o: 'attention.output.dense',
  up: 'intermediate.dense',
  down: 'output.dense',
};

const PREFIX = 'base_model.model.';

/** The name under which peft saves a trainable tensor of `module`. */
export const loraName = (module: string, half: 'A' | 'B') => `${PREFIX}${module}.lora_${half}.weight`;

/** `classifier.dense.weight` → `base_model.model.classifier.modules_to_save.dense.weight` */
export const headName = (tensor: string) => `${PREFIX}${tensor.replace(/^classifier\./, 'classifier.modules_to_save.')}`;

/** Vectors become one row. */
function asMatrix({ shape, values }: { shape: number[]; values: ArrayLike<number> }, tracked: boolean): Matrix {
  const columns = shape[shape.length - 1];
  return matrix(shape.length === 1 ? 1 : shape[0], columns, values, tracked);
}

export interface Parameters {
  /** Any tensor of the model by transformers' name; the head comes from the trainable ones. Throws Error where there is none. */
  weight(name: string): Matrix;
  /** The pair of a module, absent where it is no target. */
  lora(module: string): { a: Matrix; b: Matrix } | undefined;
  /** By peft's name, in the order of the file, with the shape it has there. */
  trainable: Map<string, { shape: number[]; matrix: Matrix }>;
}

/** @param init every trainable tensor before the first step */
export function makeParameters(checkpoint: HeldCheckpoint, init: Map<string, TensorFile>): Parameters {
  const trainable = new Map([...init].map(([name, tensor]) => [name, { shape: tensor.shape, matrix: asMatrix(tensor, true) }]));
  const frozen = new Map([...checkpoint.tensors].map(([name, tensor]) => [name, asMatrix(tensor, false)]));
  return {
    trainable,
    weight(name) {
      const found = trainable.get(headName(name))?.matrix ?? frozen.get(name);
      if (!found) throw new Error(`reference: no tensor ${name}; give it in the checkpoint or among the trainable tensors`);
      return found;
    },
    lora(module) {
      const a = trainable.get(loraName(module, 'A'));
      const b = trainable.get(loraName(module, 'B'));
      return a && b ? { a: a.matrix, b: b.matrix } : undefined;
    },
  };
}
