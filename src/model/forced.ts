/** Masks of attention that somebody sets by hand: what is added to the logits is an input. */
import type { Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { recordAdd } from '../kernels/add';

/** Label of the input (S,H,Tq,Tk) that is added to the scaled logits of a layer: 0, or far below any logit for a key that is dropped. */
export const forcedLogits = (layer: number): string => `forced logits ${layer}`;

/** @param g scaled logits (S,H,Tq,Tk) */
export const recordForced = (tape: Tape, label: string, layer: number, g: Tensor): Tensor => recordAdd(tape, label, g, tape.input(forcedLogits(layer), g.shape, 'f32'));
