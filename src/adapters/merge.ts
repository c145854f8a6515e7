/** Low-rank branches added to the weights they stand beside, in float64. */
import type { TensorFile } from '../model/files/safetensors';

export interface HostBranch {
  /** (r,inputs) and (outputs,r). */
  a: Float32Array;
  b: Float32Array;
  rank: number;
  scale: number;
  /** μ (outputs), DoRA only. */
  magnitude?: Float32Array;
}

/**
 * W + s·BA; of DoRA μ/‖W + s·BA‖ times that, row by row.
 * @param inputsFirst whether W is stored (inputs, outputs), as GPT-2's layers and every embedding
 */
export function mergedWeight({ shape, values }: TensorFile, { a, b, rank, scale, magnitude }: HostBranch, inputsFirst: boolean): TensorFile {
  const [outputs, inputs] = inputsFirst ? [shape[1], shape[0]] : [shape[0], shape[1]];
  const merged = new Float32Array(values.length);
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) row[input] = values[inputsFirst ? input * outputs + output : output * inputs + input];
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[output * rank + r];
      if (factor !== 0) for (let input = 0; input < inputs; input++) row[input] += factor * a[r * inputs + input];
    }
    const factor = magnitude ? magnitude[output] / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) : 1;
    for (let input = 0; input < inputs; input++) merged[inputsFirst ? input * outputs + output : output * inputs + input] = row[input] * factor;
  }
  return { shape: [...shape], values: merged };
}
