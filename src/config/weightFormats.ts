/** How frozen weights are held on the device. The rows of the table, converters and kernels, are in `kernels/weightFormats.ts`. */
export const WEIGHT_FORMATS = ['f32', 'f16', 'int8', 'nf4'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

export const WEIGHT_TITLES: Record<WeightFormat, string> = { f32: 'float32', f16: 'float16', int8: 'int8', nf4: 'NF4' };

/** What each means for who chooses it, as sentences. */
export const WEIGHT_HINTS: Record<WeightFormat, string> = {
  f32: 'As most files have them. The others take less memory, and round.',
  f16: 'float16 takes half of the memory and rounds each to 3 digits.',
  int8: 'int8 takes a quarter and rounds to 255 steps a block of 64; embedding and head are float16.',
  nf4: 'NF4 takes a seventh and rounds to 16 levels a block of 64, as QLoRA does; embedding and head are float16.',
};

/** What the token embedding and heads are held in: few levels would be felt there more than in the layers (QLoRA leaves them as they are). */
export const OUTER_FORMATS: Record<WeightFormat, WeightFormat> = { f32: 'f32', f16: 'f16', int8: 'f16', nf4: 'f16' };
