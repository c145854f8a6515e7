/**
 * Weights as whole numbers with a scale a block. A block is a word with its scale, then the numbers, the first in the lowest bits of a word; the last
 * block is filled up with zeros. `shaders/lib/stored_int8.wgsl` and `stored_nf4.wgsl` read them.
 */
import { PACKING } from '../graph/tensor';

/** How the values of a block become whole numbers of `bits`, and what is read of them. */
export interface Quantisation {
  bits: 4 | 8;
  /** The number that stands before the others, in float32. @param largest size of a value of the block */
  scaleOf(largest: number): number;
  /** @param scale above 0 */
  codeOf(value: number, scale: number): number;
  valueOf(code: number): number;
}

const { values: BLOCK } = PACKING.nf4;

/** Whole numbers from −127 to 127, the largest size of the block being 127. */
export const INT8: Quantisation = {
  bits: 8,
  scaleOf: (largest) => Math.fround(largest / 127),
  // Half way to the even number, as torch rounds.
  codeOf(value, scale) {
    const exact = value / scale;
    const below = Math.floor(exact);
    const rest = exact - below;
    return Math.max(-127, Math.min(127, below + Number(rest > 0.5 || (rest === 0.5 && below % 2 !== 0))));
  },
  valueOf: (code) => code,
};

/** Quantiles of the normal distribution, scaled to −1 … 1, with a zero among them: the code book of bitsandbytes. */
export const NF4_LEVELS: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];
const MIDDLES = NF4_LEVELS.slice(1).map((level, index) => (NF4_LEVELS[index] + level) / 2);

/** The nearest of the levels (Dettmers et al. 2023, "QLoRA"), the lower one half way. */
export const NF4: Quantisation = {
  bits: 4,
  scaleOf: (largest) => largest,
  codeOf(value, scale) {
    const size = value / scale;
    let code = size > MIDDLES[7] ? 8 : 0;
    if (size > MIDDLES[code + 3]) code += 4;
    if (size > MIDDLES[code + 1]) code += 2;
    return size > MIDDLES[code] ? code + 1 : code;
  },
  valueOf: (code) => NF4_LEVELS[code],
};

/** Visits the blocks of `values` with their scales; a block of zeros, or of sizes that are none in float32, has the scale 0. */
function eachBlock(values: Float32Array, { scaleOf }: Quantisation, refuse: (index: number) => never, visit: (block: number, scale: number, from: number, to: number) => void): void {
  for (let block = 0, from = 0; from < values.length; block++, from += BLOCK) {
    const to = Math.min(values.length, from + BLOCK);
    let largest = 0;
    for (let index = from; index < to; index++) {
      if (!Number.isFinite(values[index])) refuse(index);
      largest = Math.max(largest, Math.abs(values[index]));
    }
    visit(block, scaleOf(largest), from, to);
  }
}

/** @param values a tensor's from the beginning of a block on, in whole blocks but for the last */
export function pack(values: Float32Array, how: Quantisation, refuse: (index: number) => never): Uint32Array<ArrayBuffer> {
  const { bits, codeOf } = how;
  const inWord = 32 / bits;
  const blockWords = 1 + BLOCK / inWord;
  const words = new Uint32Array(Math.ceil(values.length / BLOCK) * blockWords);
  const scales = new Float32Array(words.buffer);
  eachBlock(values, how, refuse, (block, scale, from, to) => {
    const start = block * blockWords;
    scales[start] = scale;
    const zero = scale === 0 ? undefined : codeOf(0, scale);
    for (let index = from; index < from + BLOCK; index++) {
      const code = zero === undefined ? 0 : index < to ? codeOf(values[index], scale) : zero;
      words[start + 1 + Math.floor((index - from) / inWord)] |= (code & (2 ** bits - 1)) << (bits * ((index - from) % inWord));
    }
  });
  return words;
}

/** What a kernel reads of packed values, to the bit. @param values as of `pack` */
export function unpacked(values: Float32Array, how: Quantisation): Float32Array<ArrayBuffer> {
  const read = new Float32Array(values.length);
  const none = (index: number): never => { throw new Error(`quantised: the value at ${index} is no number`); };
  eachBlock(values, how, none, (_, scale, from, to) => {
    for (let index = from; index < to; index++) read[index] = scale === 0 ? 0 : how.valueOf(how.codeOf(values[index], scale)) * scale;
  });
  return read;
}
