/** Named starting points: layers over DEFAULT_CONFIG that touch dropout and consistency only, each with its reason. */
import { DEFAULT_CONFIG, type RunConfig, type TaskName } from './config';
import type { Consistency, DropoutRules } from './dropout';
import { sameValue } from './diff';

export const PRESET_NAMES = ['baseline', 'lora_dropout', 'dropkey', 'dropattention', 'hiddencut', 'hiddenkey_minus', 'hiddenkey'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

export interface Preset {
  title: string;
  /** Why one would run it, and where the numbers come from. */
  reason: string;
  source: string;
  layer: { dropout: DropoutRules; consistency?: Partial<Consistency> };
}

const PAPER = 'HiddenKey, arXiv 2403.00812';

export const PRESETS: Record<PresetName, Preset> = {
  baseline: {
    title: 'Plain LoRA',
    reason: 'Nothing is dropped. Run it first: everything else is measured against it.',
    source: 'LoRA, arXiv 2106.09685; rank 8, α 16 on q and v',
    layer: { dropout: {} },
  },
  lora_dropout: {
    title: 'lora_dropout',
    reason: 'The dropout that most fine-tuning recipes switch on: only what enters the low-rank branch.',
    source: 'PEFT; 0.1 is the common recipe value',
    layer: { dropout: { lora_input: { p: 0.1, pattern: 'element' } } },
  },
  dropkey: {
    title: 'DropKey',
    reason: 'Hides whole keys before the softmax; columns did best at this position in the paper.',
    source: `${PAPER} §4.2; DropKey, CVPR 2023`,
    layer: { dropout: { logits: { p: 0.1, pattern: 'column' } } },
  },
  dropattention: {
    title: 'DropAttention',
    reason: 'The same columns, dropped after the softmax: equal forward pass, different gradient.',
    source: `${PAPER} §3.1`,
    layer: { dropout: { weights: { p: 0.1, pattern: 'column', compensation: 'normalize_stopgrad' } } },
  },
  hiddencut: {
    title: 'HiddenCut',
    reason: 'Drops single values of the FFN output; elements did best at this position for LoRA.',
    source: `${PAPER} §4.2; HiddenCut, ACL 2021`,
    layer: { dropout: { hidden: { p: 0.1, pattern: 'element' } } },
  },
  hiddenkey_minus: {
    title: 'HiddenKey⁻',
    reason: 'DropKey and HiddenCut together, without the second pass.',
    source: PAPER,
    layer: { dropout: { logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.1, pattern: 'element' } } },
  },
  hiddenkey: {
    title: 'HiddenKey',
    reason: 'The paper’s full method: both drops, and KL pulls two dropped passes together. About twice the work a step.',
    source: `${PAPER} §3.3; α 0.1 is the middle of its grid`,
    layer: { dropout: { logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.1, pattern: 'element' } }, consistency: { kind: 'kl', alpha: 0.1, second: 'dropped_stopgrad' } },
  },
};

/** A consistency that means something for the task: a regression has no distributions to compare. */
export function consistencyFor(task: TaskName, consistency: Consistency): Consistency {
  if (consistency.kind === 'none') return consistency;
  if (task === 'similarity') return { ...consistency, kind: 'mse' };
  return consistency.kind === 'mse' ? { ...consistency, kind: 'kl' } : consistency;
}

/** `base` with the dropout and consistency of a preset; data, model and optimizer stay as they are. */
export function applyPreset(name: PresetName, base: RunConfig): RunConfig {
  const { dropout, consistency } = PRESETS[name].layer;
  return { ...base, dropout, consistency: consistencyFor(base.data.task, { ...DEFAULT_CONFIG.consistency, ...consistency }) };
}

/** The whole preset, for "does this control differ from it?". */
export function presetConfig(name: PresetName, task: TaskName): RunConfig {
  return applyPreset(name, { ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, task } });
}

/** The preset that a configuration's dropout and consistency are equal to, if any. */
export function presetOf(config: RunConfig): PresetName | undefined {
  return PRESET_NAMES.find((name) => {
    const preset = applyPreset(name, config);
    return sameValue(preset.dropout, config.dropout) && sameValue(preset.consistency, config.consistency);
  });
}
