import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { TASK_NAMES } from './tasks';
import { BUILT_IN_NAMES } from './models';
import { configProblems } from './problems';
import { literatureName } from './literature';
import { applyPreset, consistencyFor, PRESET_NAMES, presetOf, PRESETS, referenceConfig, withModel, withTask } from './presets';

const presetConfig = (name: (typeof PRESET_NAMES)[number], task: (typeof TASK_NAMES)[number]) => referenceConfig(name, withTask(DEFAULT_CONFIG, task));

describe('presets', () => {
  it('can all run on every task, say why, and are recognised again', () => {
    for (const name of PRESET_NAMES) {
      for (const task of TASK_NAMES) {
        const config = presetConfig(name, task);
        expect(configProblems(config), name).toEqual([]);
        expect(presetOf(config)).toBe(name);
      }
      expect(PRESETS[name].reason).toMatch(/\.$/);
      expect(PRESETS[name].source).not.toBe('');
    }
  });
  it('are what the literature calls them', () => {
    const named = (name: (typeof PRESET_NAMES)[number]) => literatureName(PRESETS[name].layer.dropout, presetConfig(name, 'sentiment').consistency).title;
    expect(PRESET_NAMES.map(named)).toEqual(['Plain LoRA', 'lora_dropout', 'DropKey, column', 'DropKey, element', 'DropAttention, column', 'HiddenCut, element', 'HiddenKey⁻', 'HiddenKey']);
  });
  it('leave data, model and optimizer alone', () => {
    const base = { ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, rows: 33 } };
    const config = applyPreset('hiddenkey', base);
    expect(config.data.rows).toBe(33);
    expect(config.optimizer).toBe(base.optimizer);
  });
  it('compare by squared difference on a regression, and by KL again afterwards', () => {
    const { consistency } = presetConfig('hiddenkey', 'similarity');
    expect(consistency.kind).toBe('mse');
    expect(consistencyFor('classification', consistency).kind).toBe('kl');
    expect(consistencyFor('regression', DEFAULT_CONFIG.consistency).kind).toBe('none');
  });
  it('drop in the latter half of a decoder, and everywhere in an encoder again', () => {
    const decoder = withModel(applyPreset('hiddenkey', DEFAULT_CONFIG), 'nano-decoder');
    expect(decoder.dropout).toEqual({ logits: { p: 0.1, pattern: 'column', fromLayer: 1 }, hidden: { p: 0.1, pattern: 'element', fromLayer: 1 } });
    expect(applyPreset('hiddenkey', decoder).dropout).toEqual(decoder.dropout);
    expect(withModel(decoder, 'nano-encoder').dropout).toEqual(PRESETS.hiddenkey.layer.dropout);
    for (const name of PRESET_NAMES) for (const folder of BUILT_IN_NAMES) expect(presetOf(applyPreset(name, withModel(DEFAULT_CONFIG, folder))), name).toBe(name);
  });
  it('keep a first layer that somebody chose', () => {
    const chosen = { ...DEFAULT_CONFIG, dropout: { hidden: { p: 0.1, pattern: 'element', fromLayer: 0 } } } as const;
    expect(withModel(chosen, 'nano-decoder').dropout.hidden!.fromLayer).toBe(0);
  });
});

describe('models and tasks', () => {
  it('lose targets that the other model lacks', () => {
    const decoder = withModel({ ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, source: 'nano-decoder', targets: ['v', 'gate'] } }, 'nano-encoder');
    expect(decoder.model.targets).toEqual(['v']);
    expect(withModel({ ...decoder, model: { ...decoder.model, source: 'nano-decoder', targets: ['gate'] } }, 'nano-encoder').model.targets).toEqual(['q', 'v']);
  });
  it('that write take a model that can', () => {
    expect(withTask(DEFAULT_CONFIG, 'description').model.source).toBe('nano-decoder');
    expect(withTask(DEFAULT_CONFIG, 'triples').model.source).toBe('micro-decoder');
    expect(withTask(DEFAULT_CONFIG, 'similarity').model.source).toBe('nano-encoder');
  });
});
