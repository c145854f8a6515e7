/** Qwen2 (Yang et al. 2024): Llama with biases on q, k and v. */
import { llamaFamily } from './llamaFamily';

export const qwen2 = llamaFamily({ name: 'qwen2', title: 'Qwen2', attentionBias: true, headNorm: false });
