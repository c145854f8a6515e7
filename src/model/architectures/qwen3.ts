/** Qwen3 (Yang et al. 2025): Llama with q and k normalised per head. */
import { llamaFamily } from './llamaFamily';

export const qwen3 = llamaFamily({ name: 'qwen3', title: 'Qwen3', attentionBias: false, headNorm: true });
