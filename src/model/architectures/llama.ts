/** Llama (Touvron et al. 2023). */
import { llamaFamily } from './llamaFamily';

export const llama = llamaFamily({ name: 'llama', title: 'Llama', attentionBias: false, headNorm: false });
