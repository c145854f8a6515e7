import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { withField } from './change';
import { describeDifferences, differences, nameOfRun, withChanges } from './diff';
import { applyPreset } from './presets';

const hiddenkey = applyPreset('hiddenkey', DEFAULT_CONFIG);

describe('differences', () => {
  it('finds leaves, and a whole rule where one side has none', () => {
    const other = withField(withField(DEFAULT_CONFIG, 'data.rows', 64), 'dropout.logits', { p: 0.1, pattern: 'column' });
    expect(differences(DEFAULT_CONFIG, other).map(({ field }) => field)).toEqual(['data.rows', 'dropout.logits']);
    expect(differences(other, other)).toEqual([]);
  });
  it('compares lists as one value', () => {
    expect(differences(DEFAULT_CONFIG, withField(DEFAULT_CONFIG, 'model.targets', ['q', 'k']))).toEqual([{ field: 'model.targets', from: ['q', 'v'], to: ['q', 'k'] }]);
  });
  it('reads well', () => {
    expect(describeDifferences(DEFAULT_CONFIG, hiddenkey)).toBe('+ attention logits column 0.1, + FFN output element 0.1, consistency none → kl');
    expect(describeDifferences(hiddenkey, withField(hiddenkey, 'dropout.hidden.p', 0.3))).toBe('FFN output p 0.1 → 0.3');
    expect(describeDifferences(hiddenkey, withField(hiddenkey, 'dropout.hidden', undefined))).toBe('− FFN output');
  });
});

describe('names of runs', () => {
  it('start with what the literature says and go on with what is unusual', () => {
    expect(nameOfRun(DEFAULT_CONFIG, [], DEFAULT_CONFIG)).toBe('Plain LoRA');
    const config = withField(withField(hiddenkey, 'model.rank', 4), 'dropout.hidden.p', 0.2);
    expect(nameOfRun(config, [], DEFAULT_CONFIG)).toBe('HiddenKey · p 0.1 / 0.2 · r 4');
  });
  it('carry the changes made on the way', () => {
    const change = { step: 120, field: 'optimizer.learningRate', from: 0.005, to: 0.001 };
    expect(nameOfRun(DEFAULT_CONFIG, [change], DEFAULT_CONFIG)).toBe('Plain LoRA · rate 0.005 → 0.001 @120');
    expect(withChanges(DEFAULT_CONFIG, [change]).optimizer.learningRate).toBe(0.001);
  });
});
