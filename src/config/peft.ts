/** What can be trained: the parameter-efficient methods and the layers they touch. Names and numbers of targets as in masks.md. */

/** Linear layers that can be adapted. Which of them a model has is said by the model (`ModelTraits`). */
export const TARGETS = ['q', 'k', 'v', 'o', 'gate', 'up', 'down', 'qkv'] as const;
export type Target = (typeof TARGETS)[number];

/** Those of BERT and its kin. */
export const ENCODER_TARGETS = ['q', 'k', 'v', 'o', 'up', 'down'] as const satisfies readonly Target[];
export type EncoderTarget = (typeof ENCODER_TARGETS)[number];

/** Which tensors are trained. The first five are LoRA and its kin, which differ in scale, start or rate. */
export const PEFT_KINDS = ['lora', 'rslora', 'dora', 'loraplus', 'pissa', 'prompt', 'prefix', 'adapter', 'bitfit', 'full'] as const;
export type PeftKind = (typeof PEFT_KINDS)[number];

/** Whether a method trains low-rank branches beside frozen linear layers. */
export const isLora = (peft: PeftKind): boolean => ['lora', 'rslora', 'dora', 'loraplus', 'pissa'].includes(peft);

/** Whether a method puts trained vectors in front of the tokens or of the keys. */
export const isVirtual = (peft: PeftKind): boolean => peft === 'prompt' || peft === 'prefix';

/** Whether a method sits in layers that can be chosen: the others train something at the input or everywhere. */
export const hasLayers = (peft: PeftKind): boolean => isLora(peft) || peft === 'adapter';

export const PEFT_TITLES: Record<PeftKind, string> = {
  lora: 'LoRA', rslora: 'rsLoRA', dora: 'DoRA', loraplus: 'LoRA+', pissa: 'PiSSA',
  prompt: 'Prompt tuning', prefix: 'Prefix tuning', adapter: 'Houlsby adapters', bitfit: 'BitFit', full: 'Full fine-tuning',
};
