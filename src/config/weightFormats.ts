/** How frozen weights are held on the device. The rows of the table, converters and kernels, are in `kernels/weightFormats.ts`. */
export const WEIGHT_FORMATS = ['f32', 'f16'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

export const WEIGHT_TITLES: Record<WeightFormat, string> = { f32: 'float32', f16: 'float16' };
