import { describe, expect, it } from 'vitest';
import { configProblems, DEFAULT_CONFIG, TASK_NAMES } from './config';
import { literatureName } from './literature';
import { applyPreset, consistencyFor, PRESET_NAMES, presetConfig, presetOf, PRESETS } from './presets';

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
    expect(PRESET_NAMES.map(named)).toEqual(['Plain LoRA', 'LoRA with lora_dropout', 'DropKey, column', 'DropAttention, column', 'HiddenCut, element', 'HiddenKey⁻', 'HiddenKey']);
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
    expect(consistencyFor('sentiment', consistency).kind).toBe('kl');
    expect(consistencyFor('similarity', DEFAULT_CONFIG.consistency).kind).toBe('none');
  });
});
