/** One trained tensor as a method asks for it, and the names of those that only a method has. */

export interface ParameterSpec {
  /** Name in the saved file. */
  name: string;
  /** What it is in the model: transformers' name of a tensor, `<module>.lora_A` and its like, or PROMPT, PREFIX. */
  of: string;
  shape: number[];
  /** Weight decay applies: not to biases and normalisation weights. */
  decays: boolean;
  /** Multiplier of the learning rate. */
  rateScale: number;
  /** An L1 penalty falls on it where the method has one: on the matrices A and B of low-rank branches. */
  penalised: boolean;
}

export const PROMPT = 'prompt';
export const PREFIX = 'prefix';

export const adapterName = (module: string, part: string) => `${module}.adapter.${part}`;
