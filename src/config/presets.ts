/** Named settings of dropout and consistency, each with its reason. Methods and regularisers have their own, in methods.ts and regularisers.ts. */
import { DEFAULT_CONFIG, kindOf, type RunConfig } from './config';
import { dataPreset, type DataPresetName } from './dataPresets';
import type { TaskName } from './tasks';
import type { DataKind, TableMapping } from './tables';
import { type Consistency, type DropoutRules, POSITIONS } from './dropout';
import { sameValue } from './diff';
import { builtInFacts, latterHalf, type ModelTraits, writerFor } from './models';
import { applyMethod } from './methods';
import type { Target } from './peft';

export const PRESET_NAMES = ['baseline', 'lora_dropout', 'dropkey', 'dropkey_depth', 'dropattention', 'hiddencut', 'hiddenkey_minus', 'hiddenkey'] as const;
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
    title: 'No dropout',
    reason: 'Nothing is dropped. Run it first: everything else is measured against it.',
    source: 'the baseline of every paper here',
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
  dropkey_depth: {
    title: 'DropKey, deeper less',
    reason: 'DropKey as first published: single keys of single queries, at a rate that falls from layer to layer.',
    source: 'DropKey, CVPR 2023',
    layer: { dropout: { logits: { p: 0.1, pattern: 'element', depth: 'falling' } } },
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

/** A consistency that means something for the data: a regression has no distributions to compare. */
export function consistencyFor(kind: DataKind, consistency: Consistency): Consistency {
  if (consistency.kind === 'none') return consistency;
  if (kind === 'regression') return { ...consistency, kind: 'mse' };
  return consistency.kind === 'mse' ? { ...consistency, kind: 'kl' } : consistency;
}

/** Places inside the layers at which decoders are not dropped all the way down. */
const INSIDE = ['logits', 'weights', 'hidden', 'ffn_inner'] as const;

/** `rules` for a model: decoders drop in the latter half of their layers only, unless a rule names its first layer (arXiv 2403.00812, appendix E). */
export function rulesFor(traits: ModelTraits | undefined, rules: DropoutRules): DropoutRules {
  if (!traits) return rules;
  const { decoder, layers } = traits;
  const fitted = { ...rules };
  for (const position of INSIDE) {
    const rule = rules[position];
    if (rule && decoder && rule.fromLayer === undefined) fitted[position] = { ...rule, fromLayer: latterHalf(layers) };
  }
  return fitted;
}

/** Where LoRA sits on a model that has none of the chosen targets. */
const usualTargets = ({ targets }: ModelTraits): Target[] => [(['q', 'v'] as const).filter((target) => targets.includes(target)), targets.slice(0, 1)].find((some) => some.length > 0) ?? [];

/**
 * `config` on another model: its targets as far as they exist there, and the layers that are dropped by that model's default.
 * @param before facts of the model that it has, `after` of the one it gets; left out: those of a model that comes with the page
 */
export function withModel(config: RunConfig, source: string, before: ModelTraits | undefined = builtInFacts(config.model.source), after: ModelTraits | undefined = builtInFacts(source)): RunConfig {
  const targets = after ? config.model.targets.filter((target) => after.targets.includes(target)) : config.model.targets;
  const freed = Object.fromEntries(POSITIONS.flatMap((position) => {
    const rule = config.dropout[position];
    if (!rule) return [];
    const { fromLayer, ...rest } = rule;
    // What the old model's default set is not a choice of the person's.
    return [[position, before?.decoder && fromLayer === latterHalf(before.layers) ? rest : rule]];
  })) as DropoutRules;
  // An adapter belongs to its base.
  const { adapter: _, ...kept } = config.model;
  return { ...config, model: { ...kept, source, targets: targets.length || !after ? targets : usualTargets(after) }, dropout: rulesFor(after, freed) };
}

/** `config` on other rows: with a model that can learn them, and a consistency that means something there. */
export function withData(config: RunConfig, data: RunConfig['data'], traits: ModelTraits | undefined = builtInFacts(config.model.source)): RunConfig {
  const kind = kindOf(data);
  const fitted = kind === 'language_model' && traits?.decoder === false ? withModel(config, writerFor(data.source), traits) : config;
  return { ...fitted, data, consistency: consistencyFor(kind, fitted.consistency) };
}

/** `config` on a task of the page. After a table its number of rows and its noise are the defaults, since those of a table say nothing here. */
export function withTask(config: RunConfig, source: TaskName, traits: ModelTraits | undefined = builtInFacts(config.model.source)): RunConfig {
  const { rows, noise } = config.data.table ? DEFAULT_CONFIG.data : config.data;
  return withData(config, { source, rows, noise, maxLength: config.data.maxLength }, traits);
}

/** The greatest length of a set of the paper; 0, as many as the model takes, where those are no more. */
function lengthFor(preset: DataPresetName, longest = Infinity): number {
  const { maxLength } = dataPreset(preset);
  return maxLength < longest ? maxLength : 0;
}

/** `config` on a table, with all rows that are left for training, and a batch that is no larger. */
export function withTable(config: RunConfig, source: string, table: TableMapping, rows: number, traits: (ModelTraits & { longest?: number }) | undefined = builtInFacts(config.model.source)): RunConfig {
  const fitted = withData(config, { source, table, rows, noise: 0, maxLength: config.data.maxLength }, traits);
  const longest = fitted.model.source === config.model.source ? traits?.longest : builtInFacts(fitted.model.source)?.longest;
  const data = table.mirrors === undefined ? fitted.data : { ...fitted.data, maxLength: lengthFor(table.mirrors, longest) };
  return { ...fitted, data, optimizer: { ...fitted.optimizer, batchSize: Math.min(fitted.optimizer.batchSize, rows) } };
}

/** `base` with the dropout and consistency of a preset; data, model and optimizer stay as they are. */
export function applyPreset(name: PresetName, base: RunConfig, traits: ModelTraits | undefined = builtInFacts(base.model.source)): RunConfig {
  const { dropout, consistency } = PRESETS[name].layer;
  return { ...base, dropout: rulesFor(traits, dropout), consistency: consistencyFor(kindOf(base.data), { ...DEFAULT_CONFIG.consistency, ...consistency }) };
}

/** What the controls are compared with, and go back to: the defaults on this task and model, with its method's and the preset's settings. */
export function referenceConfig(name: PresetName, { data, model: { source, peft } }: RunConfig, traits: ModelTraits | undefined = builtInFacts(source)): RunConfig {
  const onModel = withModel(DEFAULT_CONFIG, source, undefined, traits);
  const onTask = data.table ? withData(onModel, { ...data, noise: 0 }, traits) : withTask(onModel, data.source as TaskName, traits);
  return applyPreset(name, applyMethod(peft, onTask), onTask.model.source === source ? traits : undefined);
}

/** The preset that a configuration's dropout and consistency are equal to, if any. */
export function presetOf(config: RunConfig, traits: ModelTraits | undefined = builtInFacts(config.model.source)): PresetName | undefined {
  return PRESET_NAMES.find((name) => {
    const preset = applyPreset(name, config, traits);
    return sameValue(preset.dropout, config.dropout) && sameValue(preset.consistency, config.consistency);
  });
}
